import { refuse } from "../../fault.ts";
import { type Anchor, type Verification, verifyAudit } from "../../store/audit-log.ts";
import type { Database } from "../../store/database.ts";

/** @param noted "NR:HASH", as an earlier one has answered as `end` @throws InputError when it is not of that form */
export async function verifyLog(db: Database, noted?: string): Promise<Verification> {
  return verifyAudit(db, noted === undefined ? undefined : anchorOf(noted));
}

function anchorOf(noted: string): Anchor {
  const [, nr, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(noted) ?? [];
  if (nr !== undefined && hash !== undefined) return { nr: Number(nr), hash };
  throw refuse("/against", {
    en: "a number and a hash are wanted, as audit verify prints them: 17:9f86…",
    "zh-CN": "应为 audit verify 输出的编号与哈希：17:9f86…",
  });
}
