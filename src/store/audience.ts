import { type RawBuilder, sql } from "kysely";
import { inMinutes } from "../campaign/duration.ts";
import type { Program } from "../campaign/program.ts";
import { toSql, valueToSql } from "../rule/sql.ts";
import type { Database, Tx } from "./database.ts";
import { isZone } from "./zone.ts";

/**
 * Who would be enrolled at a moment: the segment, minus those whom the campaign's own rules keep out, in its order, up to
 * the limit. A query with the columns id, zone, number (from 0); launch and plan both ask it.
 * @param zones that customers may have as their own, from `customerZones`
 */
export function chosen(program: Program, at: Date, limit: number | undefined, zones: string[]): RawBuilder<Chosen> {
  const { audience } = program;
  const asking = { asOf: at, homeZone: program.timezone };
  const order = audience.orderBy
    ? sql`${valueToSql(audience.orderBy.rule, asking)} ${sql.raw(audience.orderBy.direction === "desc" ? "desc" : "asc")} nulls last,`
    : sql``;
  return sql`
    with zones as materialized (select unnest(${zones}::text[]) as name)
    select c.id, coalesce(z.name, ${program.timezone}) as zone, row_number() over (order by ${order} c.id) - 1 as number
    from customers c left join zones z on z.name = c.timezone
    where ${toSql(audience.rule, asking)} and not ${enteredBefore(program, at)} and not ${takenElsewhere(program, at)}
    order by number limit ${limit ?? null}`;
}

export interface Chosen {
  id: number;
  zone: string;
  number: number;
}

/**
 * The zones of the base that both sides know: Postgres counts days in them, and Node freezes them for cohorts. Whoever
 * has another one lives in the campaign's.
 */
export async function customerZones(db: Database | Tx): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from pg_timezone_names where name in (select distinct timezone from customers)`.execute(db);
  return rows.map((row) => row.name).filter(isZone);
}

export interface HeadCount {
  /** in the segment */
  members: number;
  /** of these: already in this campaign, or back too soon */
  enteredBefore: number;
  /** of these and not the former: taken by another campaign of the same group */
  elsewhere: number;
}

export async function countAudience(db: Database | Tx, program: Program, at: Date): Promise<HeadCount> {
  const asking = { asOf: at, homeZone: program.timezone };
  const { rows } = await sql<HeadCount>`
    select count(*)::int as members, count(*) filter (where before)::int as "enteredBefore",
           count(*) filter (where elsewhere and not before)::int as elsewhere
    from (
      select ${enteredBefore(program, at)} as before, ${takenElsewhere(program, at)} as elsewhere
      from customers c where ${toSql(program.audience.rule, asking)}
    ) m`.execute(db);
  return rows[0]!;
}

/** Already in this campaign, or back too soon. */
function enteredBefore(program: Program, at: Date): RawBuilder<boolean> {
  const { reentry } = program.audience;
  const restart = reentry ? inMinutes(reentry) : null;
  return sql`exists (
    select 1 from enrolments e join runs r on r.id = e.run
    where e.customer = c.id and e.campaign = ${program.campaign}
      and (e.status = 'live' and r.status not in ('closed', 'stopped')
        or ${restart}::int is null or e.entered_at + make_interval(mins => ${restart}::int) > ${at}))`;
}

/** Taken by another campaign of the same group, or resting after one. */
function takenElsewhere(program: Program, at: Date): RawBuilder<boolean> {
  const { exclusive } = program.audience;
  if (!exclusive) return sql`false`;
  return sql`exists (
    select 1 from enrolments e join runs r on r.id = e.run join documents d on d.hash = r.program
    where e.customer = c.id and e.arm = 'treatment' and d.body #>> '{audience,exclusive,group}' = ${exclusive.group}
      and (e.status = 'live' or e.ended_at + make_interval(mins => ${inMinutes(exclusive.restAfter)}::int) > ${at}))`;
}
