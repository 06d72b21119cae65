import { randomInt } from "node:crypto";
import { sql } from "kysely";
import type { CouponPool } from "../campaign/program.ts";
import { couponKey, giveBack } from "./budget.ts";
import type { Tx } from "./database.ts";

export interface NewCoupon {
  enrolment: number;
  /** op name */
  step: string;
  occurrence: number;
  customer: number;
  expiresAt: Date;
}

/** How many more may be reserved; the pool stays locked until the end of the transaction. */
export async function lockPool(tx: Tx, pool: CouponPool): Promise<number> {
  await sql`
    insert into coupon_pools (id, capacity) values (${pool.id}, ${pool.limit}) on conflict (id) do nothing`.execute(tx);
  // the limit that the deciding run has pinned counts; what all runs have reserved counts against it
  const { rows } = await sql<{ left: number }>`
    select ${pool.limit}::bigint - reserved as left from coupon_pools where id = ${pool.id} for update`.execute(tx);
  return Math.max(0, rows[0]!.left);
}

/**
 * Reserves one code per row, within what `lockPool` said is left. @returns codes by enrolment
 * @param issued when the customers have them; null: not before their message is accepted
 */
export async function reserveCoupons(
  tx: Tx,
  pool: CouponPool,
  rows: NewCoupon[],
  at: Date,
  issued: Date | null = null,
): Promise<Map<number, string>> {
  const codes = new Map<number, string>();
  for (let round = 1; codes.size < rows.length; round++) {
    // 30^8 codes: a second round is rare, a tenth means that the alphabet is used up
    if (round > 10) throw new Error(`coupon pool ${pool.id} has no free codes left`);
    const missing = rows.filter((row) => !codes.has(row.enrolment));
    const list = missing.map((row) => ({ ...row, code: couponCode(pool.prefix), expires_at: row.expiresAt }));
    const { rows: stored } = await sql<{ enrolment: number; code: string }>`
      insert into coupons (code, pool, enrolment, step, occurrence, customer, status, reserved_at, issued_at, expires_at)
      select code, ${pool.id}, enrolment, step, occurrence, customer, ${issued ? "issued" : "reserved"}, ${at},
        ${issued}::timestamptz, expires_at
      from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as c (code text, enrolment bigint, step text, occurrence int,
        customer bigint, expires_at timestamptz)
      on conflict (code) do nothing
      returning enrolment, code`.execute(tx);
    for (const row of stored) codes.set(row.enrolment, row.code);
  }
  await sql`update coupon_pools set reserved = reserved + ${codes.size} where id = ${pool.id}`.execute(tx);
  return codes;
}

// without 0 O 1 I L U: read out on the phone and typed by hand, no two look alike
const ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

/** "WB-7K3M-Q2XD", from a cryptographic source so that codes cannot be guessed from each other. */
export function couponCode(prefix: string): string {
  const letters = Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
  return `${prefix}-${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/**
 * Gives reserved codes of withheld messages back to their pools, and what was set aside for them to its line. Enrolments are locked by the caller; pools are locked
 * in the order of their ids. @returns how many were released
 */
export async function releaseCoupons(
  tx: Tx,
  keys: { enrolment: number; step: string; occurrence: number }[],
  at: Date,
): Promise<number> {
  if (keys.length === 0) return 0;
  const { rows } = await sql<{ pool: string; enrolment: number; step: string; occurrence: number }>`
    update coupons c set status = 'released'
    from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as k (enrolment bigint, step text, occurrence int)
    where c.enrolment = k.enrolment and c.step = k.step and c.occurrence = k.occurrence and c.status = 'reserved'
    returning c.pool, c.enrolment, c.step, c.occurrence`.execute(tx);
  const counts = new Map<string, number>();
  for (const { pool } of rows) counts.set(pool, (counts.get(pool) ?? 0) + 1);
  for (const [pool, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await sql`update coupon_pools set reserved = reserved - ${count} where id = ${pool}`.execute(tx);
  }
  await giveBack(
    tx,
    rows.map((row) => ({ enrolment: row.enrolment, key: couponKey(row) })),
    at,
  );
  return rows.length;
}

/** Codes of a run whose time is over are worth nothing any more, and what was set aside for them is free again. */
export async function expireCoupons(tx: Tx, run: string, at: Date): Promise<void> {
  const { rows } = await sql<{ enrolment: number; step: string; occurrence: number }>`
    update coupons c set status = 'expired' from enrolments e
    where e.run = ${run} and c.enrolment = e.id and c.status = 'issued' and c.expires_at <= ${at}
    returning c.enrolment, c.step, c.occurrence`.execute(tx);
  await giveBack(
    tx,
    rows.map((row) => ({ enrolment: row.enrolment, key: couponKey(row) })),
    at,
  );
}
