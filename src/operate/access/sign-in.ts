import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";
import type { Role } from "../../store/api-key.ts";
import { type Database, transaction } from "../../store/database.ts";
import { dropOldSessions, endSession, insertSession } from "../../store/session.ts";
import { type Counted, countSignIn, forgive } from "../../store/sign-in-failure.ts";
import { findUser } from "../../store/user.ts";
import { verifyPassword } from "./password.ts";

/** Of one user in a row; of one address, behind which several may sit. */
const FREE_OF_USER = 5;
const FREE_OF_ADDRESS = 20;

export interface Credentials {
  name: string;
  password: string;
  /** where it comes from */
  address: string;
  /** token of the session that the same browser has, which ends */
  replaces?: string;
}

export interface SignedIn {
  token: string;
  expiresAt: Date;
  user: { name: string; role: Role; person: string | null; team: string | null };
}

export type SignIn =
  | SignedIn
  /** wrong name or password, or a user who may not; `user`: who it was, if anybody */
  | { wrong: true; user: string | undefined }
  /** seconds to wait before anything is tried for this user or address */
  | { wait: number };

/** Answers the same, and as late, whether there is no such user, the password is wrong or the user is disabled. */
export async function signIn(db: Database, { name, password, address, replaces }: Credentials): Promise<SignIn> {
  const counts = [userCount(name), { what: digest(`address ${network(address)}`), free: FREE_OF_ADDRESS }];
  const wait = await transaction(db, (tx) => countSignIn(tx, counts));
  if (wait > 0) return { wait };
  const user = await findUser(db, name);
  const right = await verifyPassword(password, user?.password);
  if (!user || !right || user.disabled_at) return { wrong: true, user: user?.name };
  const session = await transaction(db, async (tx) => {
    // whoever changes a password ends sessions: one that is only beginning shall not outlive that
    const still = await findUser(tx, user.name, true);
    if (still?.password !== user.password || still.disabled_at) return undefined;
    await forgive(tx, counts[0]!.what, counts[1]!.what);
    await dropOldSessions(tx);
    if (replaces !== undefined) await endSession(tx, replaces);
    return insertSession(tx, user.name);
  });
  return session ? { ...session, user } : { wrong: true, user: user.name };
}

/** What failures of a user are counted under; the name may be none, or a password typed into the wrong field. */
export function userCount(name: string): Counted {
  return { what: digest(`user ${name.toLowerCase()}`), free: FREE_OF_USER };
}

/** Whoever has one IPv6 address has the whole /64. */
function network(address: string): string {
  if (!isIPv6(address) || address.includes(".")) return address.replace(/^::ffff:/, "");
  const [head = "", tail] = address.split("::");
  const groups = head.split(":").filter(Boolean);
  const rest = tail === undefined ? [] : tail.split(":").filter(Boolean);
  const all = [...groups, ...new Array<string>(Math.max(8 - groups.length - rest.length, 0)).fill("0"), ...rest];
  return all.slice(0, 4).join(":");
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
