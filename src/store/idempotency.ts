import { sql } from "kysely";
import type { Database, Tx } from "./database.ts";

/** A request that may come again: the same key of the same holder means the same request. Times are wall time. */
export interface Claim {
  holder: string;
  key: string;
  /** SHA-256 of what was asked */
  request: string;
  /** UUID of whoever is at it */
  claim: string;
}

export interface Kept {
  status: number;
  answer: unknown;
}

const LEASE = sql`interval '30 seconds'`;
const KEPT = sql`interval '24 hours'`;

/**
 * Makes the request ours, or says what became of it: "busy" while somebody is at it, "other" when the key stands for
 * another request.
 */
export async function claimKey(db: Database, claim: Claim): Promise<"ours" | "busy" | "other" | Kept> {
  await sql`
    delete from idempotency_keys where (holder, key) in (
      select holder, key from idempotency_keys where created_at < clock_timestamp() - ${KEPT} order by created_at limit 100)
    and created_at < clock_timestamp() - ${KEPT}`.execute(db);
  for (;;) {
    const { numAffectedRows } = await sql`
      insert into idempotency_keys as k (holder, key, request, claim, claimed_until)
      values (${claim.holder}, ${claim.key}, ${claim.request}, ${claim.claim}, clock_timestamp() + ${LEASE})
      on conflict (holder, key) do update set claim = excluded.claim, claimed_until = excluded.claimed_until
      where k.request = excluded.request and k.status is null and k.claimed_until < clock_timestamp()`.execute(db);
    if (numAffectedRows === 1n) return "ours";
    const { rows } = await sql<{ request: string; status: number | null; answer: unknown }>`
      select request, status, answer from idempotency_keys
      where holder = ${claim.holder} and key = ${claim.key}`.execute(db);
    const [found] = rows;
    if (!found) continue; // given back meanwhile
    if (found.request !== claim.request) return "other";
    return found.status === null ? "busy" : { status: found.status, answer: found.answer };
  }
}

/** Somebody is still at it. */
export async function renewKey(db: Database, { holder, key, claim }: Claim): Promise<void> {
  await sql`
    update idempotency_keys set claimed_until = clock_timestamp() + ${LEASE}
    where holder = ${holder} and key = ${key} and claim = ${claim} and status is null`.execute(db);
}

/** Keeps the answer. @returns false when another has taken the request over: then nothing of ours may stay */
export async function settleKey(
  db: Database | Tx,
  { holder, key, claim }: Claim,
  { status, answer }: Kept,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update idempotency_keys set status = ${status}, answer = ${JSON.stringify(answer ?? null)}::json
    where holder = ${holder} and key = ${key} and claim = ${claim} and status is null`.execute(db);
  return numAffectedRows === 1n;
}

/** Nothing was done: the request may come again. */
export async function releaseKey(db: Database, { holder, key, claim }: Claim): Promise<void> {
  await sql`
    delete from idempotency_keys
    where holder = ${holder} and key = ${key} and claim = ${claim} and status is null`.execute(db);
}
