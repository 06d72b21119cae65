import { sql } from "kysely";
import { moveConsents } from "./consent.ts";
import { moveContacts } from "./contact.ts";
import type { Database, Tx } from "./database.ts";
import { endEnrolments } from "./enrolment.ts";
import { settleMeans } from "./message-commit.ts";
import { insertStimuli } from "./stimulus.ts";

/** Tables whose rows become the kept customer's as they are. Whatever else refers to customers is moved by name below. */
export const MOVED_AS_THEY_ARE = [
  "orders",
  "complaints",
  "events",
  "waits",
  "messages",
  "coupons",
  "challenges",
  "gifts",
  "points",
  "tasks",
  "conversions",
  "segment_changes",
  "webhook_calls",
] as const;

export interface Pair {
  /** internal ids */
  kept: number;
  dropped: number;
}

export interface MergedRows {
  /** rows that changed hands, by table; tables without any are left out */
  moved: Record<string, number>;
  /** live enrolments of the dropped one, ended as "merged" */
  ended: number;
  /** messages on their way to the dropped one that will not be sent */
  withheld: number;
}

/** Imports name customers for as long as they take: a merge waits for them, and they for it. */
export async function lockNames(tx: Tx, how: "shared" | "alone"): Promise<void> {
  const key = sql`hashtextextended(current_schema() || '/customer names', 0)`;
  await (
    how === "alone" ? sql`select pg_advisory_xact_lock(${key})` : sql`select pg_advisory_xact_lock_shared(${key})`
  ).execute(tx);
}

/** Locks customers against everything, also against new rows that refer to them. @returns those that are there */
export async function lockAlone(tx: Tx, ids: number[]): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from customers where id = any(${ids}::bigint[]) order by id for update`.execute(tx);
  return rows.map((row) => row.id);
}

/** Everything of one customer becomes another's; both are locked by `lockAlone`. The dropped one is gone afterwards. */
export async function mergeCustomer(tx: Tx, pair: Pair, at: Date): Promise<MergedRows> {
  const { kept, dropped } = pair;
  const { ended, withheld } = await endLive(tx, pair, at);
  const moved: Record<string, number> = {};
  const count = (table: string, rows: number | bigint | undefined) => {
    if (rows) moved[table] = Number(rows);
  };
  count("entries", await moveEntries(tx, pair, at));
  count("settling", await moveSettling(tx, pair));
  count("enrolments", await moveEnrolments(tx, pair));
  count("consents", await moveConsents(tx, pair));
  count("contacts", await moveContacts(tx, pair));
  for (const table of MOVED_AS_THEY_ARE) {
    const { numAffectedRows } = await sql`
      update ${sql.table(table)} set customer = ${kept} where customer = ${dropped}`.execute(tx);
    count(table, numAffectedRows);
  }
  count("segment_members", await moveStays(tx, pair));
  count("score_changes", await moveScores(tx, pair));
  await sql`
    update customers k
    set locale = coalesce(k.locale, d.locale), timezone = coalesce(k.timezone, d.timezone),
        owner = coalesce(k.owner, d.owner), traits = d.traits || k.traits, created_at = least(k.created_at, d.created_at)
    from customers d where k.id = ${kept} and d.id = ${dropped}`.execute(tx);
  return { moved, ended, withheld };
}

/** Writes down who was merged into whom, and takes the dropped customer away: its name now reaches the kept one. */
export async function recordMerge(tx: Tx, pair: Pair, rows: MergedRows, by: string, at: Date): Promise<void> {
  const { kept, dropped } = pair;
  await sql`update customer_merges set kept = ${kept} where kept = ${dropped}`.execute(tx);
  await sql`
    insert into customer_merges (customer_id, dropped, kept, by, at, moved)
    select customer_id, id, ${kept}, ${by}, ${at}, ${JSON.stringify(rows.moved)}::jsonb
    from customers where id = ${dropped}`.execute(tx);
  await sql`delete from customers where id = ${dropped}`.execute(tx);
}

/** The customer_id that a merged name reaches now. */
export async function findMerged(db: Database | Tx, customerIds: string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ name: string; kept: string }>`
    select m.customer_id as name, c.customer_id as kept from customer_merges m join customers c on c.id = m.kept
    where m.customer_id = any(${customerIds}::text[])`.execute(db);
  return new Map(rows.map((row) => [row.name, row.kept]));
}

/** Applied campaigns whose audience names a customer_id itself, by a list: lists keep the names that people wrote. */
export async function campaignsNaming(db: Database | Tx, customerId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select c.id from campaigns c join documents d on d.hash = c.program
    where jsonb_path_exists(d.body -> 'audience', '$.**.value ? (@ == $name)', jsonb_build_object('name', ${customerId}::text))
    order by c.id`.execute(db);
  return rows.map((row) => row.id);
}

/** Nobody takes part twice: what the dropped one was in ends, its cohorts hear of it, what is on its way stays here. */
async function endLive(tx: Tx, { kept, dropped }: Pair, at: Date): Promise<{ ended: number; withheld: number }> {
  const { rows: live } = await sql<{ id: number; run: string; cohort: number | null; member: number | null }>`
    select id, run, cohort, member from enrolments where customer = ${dropped} and status = 'live'
    order by id for no key update`.execute(tx);
  const ids = live.map((row) => row.id);
  await endEnrolments(tx, ids, "merged", at);
  // a purchase counts once in a run: where both are in it, for the kept one
  await sql`
    update waits w set status = 'dropped'
    from enrolments e
    where w.customer = ${dropped} and w.kind = 'goal' and w.status = 'open' and e.id = w.enrolment
      and exists (select from enrolments o where o.run = e.run and o.customer = ${kept})`.execute(tx);
  const { rows: withheld } = await sql<{ enrolment: number; step: string; occurrence: number }>`
    update messages set status = 'withheld', reason = 'merged', claimed_until = null
    where enrolment = any(${ids}::bigint[]) and status in ('pending', 'claimed')
    returning enrolment, step, occurrence`.execute(tx);
  await settleMeans(
    tx,
    withheld.map((row) => ({ ...row, status: "withheld" })),
    at,
  );
  const minute = Math.floor(at.getTime() / 60_000);
  await insertStimuli(
    tx,
    live.flatMap(({ run, cohort, member }) =>
      cohort === null || member === null
        ? []
        : [{ run, cohort, member, stimulus: { kind: "end" as const, at: minute } }],
    ),
    at,
  );
  return { ended: live.length, withheld: withheld.length };
}

/** A place in the line for a run that the kept one is in, or waits for, is not needed. */
async function moveEntries(tx: Tx, { kept, dropped }: Pair, at: Date): Promise<bigint | undefined> {
  const { numAffectedRows } = await sql`
    update entries d
    set customer = ${kept},
        key = case when twice.entry then d.key || 'merged/' || d.number else d.key end,
        status = case when d.status = 'waiting' and (twice.entry or twice.enrolled) then 'dropped' else d.status end,
        settled_at = case when d.status = 'waiting' and (twice.entry or twice.enrolled) then ${at} else d.settled_at end
    from entries e cross join lateral (select
      exists (select from entries k where k.run = e.run and k.customer = ${kept} and k.key = e.key) as entry,
      exists (select from enrolments k where k.run = e.run and k.customer = ${kept} and k.key = e.key) as enrolled) twice
    where e.customer = ${dropped} and d.run = e.run and d.number = e.number`.execute(tx);
  return numAffectedRows;
}

/** Where both are about to join by the same, they join once: what is left goes with the dropped one. */
async function moveSettling(tx: Tx, { kept, dropped }: Pair): Promise<bigint | undefined> {
  const { numAffectedRows } = await sql`
    update settling d set customer = ${kept}
    where d.customer = ${dropped}
      and not exists (select from settling k where k.run = d.run and k.customer = ${kept} and k.key = d.key)`.execute(
    tx,
  );
  return numAffectedRows;
}

/** Where both are in a run under the same key, the dropped one's gets a key of its own. */
async function moveEnrolments(tx: Tx, { kept, dropped }: Pair): Promise<bigint | undefined> {
  const { numAffectedRows } = await sql`
    update enrolments e
    set customer = ${kept},
        key = case when exists (select from enrolments o where o.run = e.run and o.customer = ${kept} and o.key = e.key)
          then e.key || 'merged/' || e.id else e.key end
    where e.customer = ${dropped}`.execute(tx);
  return numAffectedRows;
}

/** A stay during which the kept one was in the segment too says nothing new. */
async function moveStays(tx: Tx, { kept, dropped }: Pair): Promise<bigint | undefined> {
  await sql`
    delete from segment_members d using segment_members k
    where d.customer = ${dropped} and k.customer = ${kept} and k.segment = d.segment
      and k.entered_at <= coalesce(d.left_at, 'infinity') and d.entered_at <= coalesce(k.left_at, 'infinity')`.execute(
    tx,
  );
  const { numAffectedRows } = await sql`
    update segment_members set customer = ${kept} where customer = ${dropped}`.execute(tx);
  return numAffectedRows;
}

/** The next scoring scores the kept one by all there is; until then it keeps its own scores, or takes the other's. */
async function moveScores(tx: Tx, { kept, dropped }: Pair): Promise<bigint | undefined> {
  await sql`
    update customer_scores set customer = ${kept}
    where customer = ${dropped} and not exists (select from customer_scores where customer = ${kept})`.execute(tx);
  await sql`delete from customer_scores where customer = ${dropped}`.execute(tx);
  await sql`
    delete from score_changes d using score_changes k
    where d.customer = ${dropped} and k.customer = ${kept} and k.what = d.what and k.run = d.run`.execute(tx);
  const { numAffectedRows } = await sql`
    update score_changes set customer = ${kept} where customer = ${dropped}`.execute(tx);
  return numAffectedRows;
}
