import { sql } from "kysely";
import { variablesOf } from "../rule/ast.ts";
import { membersOf } from "../rule/sql.ts";
import { now } from "./clock.ts";
import { lockCustomers } from "./customer.ts";
import { type Database, transaction, type Tx } from "./database.ts";
import { hashOf } from "./document.ts";
import type { Asked } from "./segment.ts";
import { loadSegmentRule, lookAtCustomers, saveSegmentRule } from "./segment-watch.ts";

/** What one look at a segment found. */
export interface Look {
  at: Date;
  /** the look before, none at the first one */
  before: Date | null;
  members: number;
  entered: number;
  left: number;
}
type Rule = Omit<Asked, "asOf">;

/** Customers that one transaction locks and compares. */
const AT_ONCE = 2_000;

/** Looks at a segment now and writes down who came and who went since the look before. Any number may do so at once. */
export async function lookAtSegment(db: Database, segment: string, rule: Rule): Promise<Look> {
  const known = await loadSegmentRule(db, segment);
  const moves =
    known?.hash === hashOf(rule.rule) ? await compare(db, segment, rule) : await takeStock(db, segment, rule);
  return transaction(db, async (tx) => saveLook(tx, segment, moves, await now(tx)));
}

/** How many. */
interface Moves {
  entered: number;
  left: number;
  /** of both, those that campaigns wait for */
  told: number;
}

/**
 * The first look, or the first with another rule: in one statement, and nobody is told, since nobody has moved. Whoever
 * moves while it runs is put right by the next look.
 */
async function takeStock(db: Database, segment: string, rule: Rule): Promise<Moves> {
  return transaction(db, async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`segment/${segment}`}, 0))`.execute(tx);
    const at = await now(tx);
    const { joins, where } = membersOf(rule.rule, { ...rule, asOf: at });
    const { rows } = await sql<Moves>`
      with members as materialized (select c.id from customers c ${joins} where ${where}),
      gone as (
        update segment_members m set left_at = ${at}
        where m.segment = ${segment} and m.left_at is null
          and not exists (select from members where members.id = m.customer)
        returning customer),
      come as (
        insert into segment_members (segment, customer, entered_at)
        select ${segment}, members.id, ${at} from members
        where not exists (
          select from segment_members m where m.segment = ${segment} and m.customer = members.id and m.left_at is null)
        order by members.id
        on conflict (segment, customer) where left_at is null do nothing
        returning customer)
      select (select count(*) from come) as entered, (select count(*) from gone) as left, 0 as told`.execute(tx);
    await saveSegmentRule(tx, segment, rule.rule, at);
    return rows[0]!;
  });
}

/** Finds by one query who may have moved, then looks at them again, each under its customer's lock. */
async function compare(db: Database, segment: string, rule: Rule): Promise<Moves> {
  const { joins, where } = membersOf(rule.rule, { ...rule, asOf: await now(db) });
  const { rows } = await sql<{ ids: string[] | null }>`
    with members as materialized (
      select c.id from customers c ${joins} where ${where})
    select array_agg(coalesce(members.id, m.customer) order by coalesce(members.id, m.customer))::text[] as ids
    from members
    full join (select customer from segment_members where segment = ${segment} and left_at is null) m
      on m.customer = members.id
    where members.id is null or m.customer is null`.execute(db);
  const ids = (rows[0]!.ids ?? []).map(Number);
  const watched = { segment, rule: rule.rule, variables: variablesOf(rule.rule) };
  const sum = { entered: 0, left: 0, told: 0 };
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const moves = await transaction(db, async (tx) => {
      const locked = await lockCustomers(tx, ids.slice(from, from + AT_ONCE));
      const customers = locked.map((customer) => customer.id);
      return lookAtCustomers(tx, [watched], customers, { ...rule, asOf: await now(tx) });
    });
    sum.entered += moves.entered.length;
    sum.left += moves.left.length;
    sum.told += moves.told;
  }
  return sum;
}

async function saveLook(tx: Tx, segment: string, { entered, left }: Moves, at: Date): Promise<Look> {
  await sql`update segment_rules set looked_at = ${at} where segment = ${segment}`.execute(tx);
  const { rows } = await sql<Look>`
    insert into segment_looks as l (segment, at, members, entered, left_it)
    select ${segment}, ${at}, count(*), ${entered}, ${left} from segment_members
    where segment = ${segment} and left_at is null
    on conflict (segment, at) do update
      set members = excluded.members, entered = l.entered + excluded.entered, left_it = l.left_it + excluded.left_it
    returning at, members, entered, left_it as "left",
      (select max(b.at) from segment_looks b where b.segment = ${segment} and b.at < ${at}) as before`.execute(tx);
  return rows[0]!;
}

/** The latest look at or before a moment. */
export async function lookBefore(db: Database | Tx, segment: string, at: Date): Promise<Date | undefined> {
  const { rows } = await sql<{ at: Date | null }>`
    select max(at) as at from segment_looks where segment = ${segment} and at <= ${at}`.execute(db);
  return rows[0]?.at ?? undefined;
}

export interface Moved {
  customer: string;
  /** the look that found it */
  at: Date;
}

/** Who is in it at the later moment and was not at the earlier one, or the other way round; customer ids in order. */
export async function movedBetween(
  db: Database | Tx,
  segment: string,
  way: "in" | "out",
  between: { from: Date; to: Date; limit: number },
): Promise<Moved[]> {
  const [inside, outside] = way === "in" ? [between.to, between.from] : [between.from, between.to];
  const { rows } = await sql<Moved>`
    select c.customer_id as customer, case when ${way} = 'in' then m.entered_at else m.left_at end as at
    from segment_members m join customers c on c.id = m.customer
    where m.segment = ${segment} and m.entered_at <= ${inside} and (m.left_at is null or m.left_at > ${inside})
      and not exists (
        select from segment_members o where o.segment = m.segment and o.customer = m.customer
          and o.entered_at <= ${outside} and (o.left_at is null or o.left_at > ${outside}))
    order by c.customer_id limit ${between.limit}`.execute(db);
  return rows;
}

export interface Stay {
  customer: string;
  enteredAt: Date;
  /** null: still in it */
  leftAt: Date | null;
}

/** Who was in it at a moment, as looks and events found it, in the order of their customer ids from the one after `after` on. */
export async function staysAt(
  db: Database | Tx,
  segment: string,
  at: Date,
  page: { after?: string; limit: number },
): Promise<Stay[]> {
  const { rows } = await sql<Stay>`
    select c.customer_id as customer, m.entered_at as "enteredAt", m.left_at as "leftAt"
    from segment_members m join customers c on c.id = m.customer
    where m.segment = ${segment} and m.entered_at <= ${at} and (m.left_at is null or m.left_at > ${at})
      and c.customer_id > ${page.after ?? ""}
    order by c.customer_id limit ${page.limit}`.execute(db);
  return rows;
}
