import { type RawBuilder, sql } from "kysely";
import { inMinutes } from "../campaign/duration.ts";
import type { Program } from "../campaign/program.ts";
import { membersOf, toSql, valueToSql } from "../rule/sql.ts";
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
  const { joins, where } = membersOf(audience.rule, asking);
  return sql`
    with zones as materialized (select unnest(${zones}::text[]) as name)
    select c.id, coalesce(z.name, ${program.timezone}) as zone, row_number() over (order by ${order} c.id) - 1 as number
    from customers c left join zones z on z.name = c.timezone ${joins}
    where ${where} and not ${excluded(program, at)} and not ${enteredBefore(program, at)}
      and not ${takenElsewhere(program, at)}
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
  /** in the segment, on the list */
  members: number;
  /** of these: left out by what the campaign excludes */
  excluded: number;
  /** of the rest: already in this campaign, or back too soon */
  enteredBefore: number;
  /** of the rest: taken by another campaign of the same group */
  elsewhere: number;
}

export async function countAudience(db: Database | Tx, program: Program, at: Date): Promise<HeadCount> {
  const asking = { asOf: at, homeZone: program.timezone };
  const { rows } = await sql<HeadCount>`
    select count(*)::int as members, count(*) filter (where excluded)::int as excluded,
           count(*) filter (where before and not excluded)::int as "enteredBefore",
           count(*) filter (where elsewhere and not before and not excluded)::int as elsewhere
    from (
      select ${excluded(program, at)} as excluded, ${enteredBefore(program, at)} as before, ${takenElsewhere(program, at)} as elsewhere
      from customers c where ${toSql(program.audience.rule, asking)}
    ) m`.execute(db);
  return rows[0]!;
}

/** Of the row `c`: in the audience, and not excluded; for asking again later. */
export function fits(program: Program, at: Date): RawBuilder<boolean> {
  return sql`(${toSql(program.audience.rule, { asOf: at, homeZone: program.timezone })} and not ${excluded(program, at)})`;
}

/** By what the campaign excludes, or since they would have to leave at once. */
function excluded(program: Program, at: Date): RawBuilder<boolean> {
  const asking = { asOf: at, homeZone: program.timezone };
  const { exclude, exitWhen } = program.audience;
  const rules = [exclude, exitWhen].filter((rule) => rule !== undefined).map((rule) => toSql(rule, asking));
  return rules.length > 0 ? sql`(${sql.join(rules, sql` or `)})` : sql`false`;
}

/** Already in this campaign or in line for it, or back too soon. */
function enteredBefore(program: Program, at: Date): RawBuilder<boolean> {
  const { reentry } = program.audience;
  const restart = reentry ? inMinutes(reentry) : null;
  return sql`(exists (
    select 1 from enrolments e join runs r on r.id = e.run
    where e.customer = c.id and e.campaign = ${program.campaign}
      and (e.status = 'live' and r.status not in ('closed', 'stopped')
        or ${restart}::int is null or e.entered_at + make_interval(mins => ${restart}::int) > ${at})
  ) or exists (
    select 1 from entries w join runs r on r.id = w.run
    where w.customer = c.id and w.status = 'waiting' and r.campaign = ${program.campaign}))`;
}

/**
 * Taken by another campaign of the same group, resting after one, or waited for by one that comes first. Who can wait is
 * not left out for that.
 */
export function takenElsewhere(program: Program, at: Date): RawBuilder<boolean> {
  const { exclusive } = program.audience;
  if (!exclusive || exclusive.onConflict === "queue") return sql`false`;
  return sql`(${occupied(program, at)} or exists (
    select 1 from entries w join runs r on r.id = w.run
    where w.customer = c.id and w.status = 'waiting' and r.exclusive_group = ${exclusive.group}
      and r.priority >= ${exclusive.priority ?? 0}))`;
}

/** Of the line's row `e` and its customer `c`: cannot enter yet, since others of the group have the customer or come first. */
export function takenBefore(program: Program, run: string, at: Date): RawBuilder<boolean> {
  const { exclusive } = program.audience;
  if (!exclusive) return sql`false`;
  const priority = exclusive.priority ?? 0;
  return sql`(${occupied(program, at)} or exists (
    select 1 from entries w join runs r on r.id = w.run
    where w.customer = c.id and w.status = 'waiting' and w.run <> ${run} and r.exclusive_group = ${exclusive.group}
      and (r.priority > ${priority} or r.priority = ${priority} and (w.since, w.run) < (e.since, e.run))))`;
}

function occupied(program: Program, at: Date): RawBuilder<boolean> {
  const { group, restAfter } = program.audience.exclusive!;
  return sql`exists (
    select 1 from enrolments n join runs r on r.id = n.run
    where n.customer = c.id and n.arm = 'treatment' and r.exclusive_group = ${group}
      and (n.status = 'live' or n.ended_at + make_interval(mins => ${inMinutes(restAfter)}::int) > ${at}))`;
}
