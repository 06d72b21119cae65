import { sql } from "kysely";
import { toSql } from "../rule/sql.ts";
import type { Database, Tx } from "./database.ts";
import type { Asked } from "./segment.ts";

/** What one look at a segment found. */
export interface Look {
  at: Date;
  /** the look before, none at the first one */
  before: Date | null;
  members: number;
  entered: number;
  left: number;
}

/** Looks at a segment and writes down who came and who went since the look before; looks at one segment wait for one another. */
export async function lookAtSegment(tx: Tx, segment: string, asked: Asked): Promise<Look> {
  const { asOf: at } = asked;
  await sql`select pg_advisory_xact_lock(hashtextextended(${`segment/${segment}`}, 0))`.execute(tx);
  const { rows } = await sql<Look>`
    with members as materialized (select c.id from customers c where ${toSql(asked.rule, asked)}),
    gone as (
      update segment_members m set left_at = ${at}
      where m.segment = ${segment} and m.left_at is null and not exists (select from members where members.id = m.customer)
      returning m.customer),
    come as (
      insert into segment_members (segment, customer, entered_at)
      select ${segment}, members.id, ${at} from members
      where not exists (
        select from segment_members m where m.segment = ${segment} and m.customer = members.id and m.left_at is null)
      order by members.id
      -- out and in again while the clock stood still
      on conflict (segment, customer, entered_at) do update set left_at = null
      returning customer),
    found as (
      select (select count(*) from members) as members, (select count(*) from come) as entered, (select count(*) from gone) as gone)
    insert into segment_looks as l (segment, at, members, entered, left_it)
    select ${segment}, ${at}, members, entered, gone from found
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
