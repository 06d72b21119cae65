import { type RawBuilder, sql } from "kysely";
import { keyOf, returning } from "../../rule/anniversary.ts";
import type { Calendar } from "../../rule/ast.ts";
import type { Database, Tx } from "../database.ts";
import { zonesKnown } from "../zones-of.ts";

/** The base's zones that both sides know. Asked every minute, so each is found by its index alone. */
export async function baseZones(db: Database | Tx): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    with recursive found (name) as (
      select min(timezone) from customers
      union all
      select (select min(c.timezone) from customers c where c.timezone > found.name) from found where found.name is not null
    )
    select name from found where name is not null`.execute(db);
  return zonesKnown(
    db,
    rows.map((row) => row.name),
  );
}

export interface DateLook {
  run: string;
  zone: string;
  day: number;
  done: boolean;
}

export async function loadDateLooks(db: Database): Promise<DateLook[]> {
  const { rows } = await sql<DateLook>`select run, zone, day, done from date_looks`.execute(db);
  return rows;
}

/** Holds a look while this transaction does its next part; undefined: somebody else does, or it is done. */
export async function holdDateLook(
  tx: Tx,
  { run, zone, day }: Omit<DateLook, "done">,
): Promise<{ after: number } | undefined> {
  await sql`
    insert into date_looks (run, zone, day) values (${run}, ${zone}, ${day})
    on conflict (run, zone) do update set day = excluded.day, after = 0, done = false where date_looks.day < excluded.day`.execute(
    tx,
  );
  const { rows } = await sql<{ after: number }>`
    select after from date_looks where run = ${run} and zone = ${zone} and day = ${day} and not done
    for update skip locked`.execute(tx);
  return rows[0];
}

export async function saveDateLook(tx: Tx, look: DateLook, after: number): Promise<void> {
  await sql`update date_looks set after = ${after}, done = ${look.done} where run = ${look.run} and zone = ${look.zone}`.execute(
    tx,
  );
}

export interface Whose {
  /** local zone, and those that have customers of their own: whoever has another lives in the campaign's */
  zone: string;
  campaignZone: string;
  zones: string[];
  /** a trait whose date returns on `day` ("YYYY-MM-DD"); undefined: everybody */
  trait?: { name: string; calendar: Calendar; day: string };
}

/** The next customers of a zone whose day it is, in the order of their ids. */
export async function customersOn(tx: Tx, whose: Whose, after: number, limit: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select c.id from customers c where c.id > ${after} and ${livesIn(whose)} and ${returns(whose.trait)}
    order by c.id limit ${limit}`.execute(tx);
  return rows.map((row) => row.id);
}

/** Of a zone, whose day it is: how many. */
export async function countOn(tx: Tx, whose: Whose): Promise<number> {
  const { rows } = await sql<{ customers: number }>`
    select count(*)::int as customers from customers c where ${livesIn(whose)} and ${returns(whose.trait)}`.execute(tx);
  return rows[0]!.customers;
}

/** A local day on which nobody looked, and for which it is too late. */
export interface Missed {
  zone: string;
  /** local days since 1970-01-01 */
  day: number;
  /** whose day it was */
  customers: number;
}

export async function insertMissed(tx: Tx, run: string, missed: Missed[], at: Date): Promise<void> {
  if (missed.length === 0) return;
  await sql`
    insert into date_misses (run, zone, day, customers, noted_at)
    select ${run}, zone, day, customers, ${at}
    from jsonb_to_recordset(${JSON.stringify(missed)}::jsonb) as m (zone text, day int, customers int)
    on conflict do nothing`.execute(tx);
}

/** Days missed by a run; of every run that still stands when left out. */
export interface MissedDays {
  run: string;
  campaign: string;
  days: number;
  customers: number;
  /** "YYYY-MM-DD" */
  latest: string;
}

export async function loadMissed(db: Database | Tx, run?: string): Promise<MissedDays[]> {
  const { rows } = await sql<MissedDays>`
    select m.run, r.campaign, count(distinct m.day)::int as days, sum(m.customers)::int as customers,
      to_char(date '1970-01-01' + max(m.day), 'YYYY-MM-DD') as latest
    from date_misses m join runs r on r.id = m.run
    where ${run === undefined ? sql`r.status in ('starting', 'running', 'paused')` : sql`m.run = ${run}`}
    group by m.run, r.campaign order by m.run`.execute(db);
  return rows;
}

function livesIn({ zone, zones, campaignZone }: Whose): RawBuilder<boolean> {
  if (zone !== campaignZone) return sql`c.timezone = ${zone}`;
  const others = zones.filter((name) => name !== campaignZone);
  return sql`(c.timezone is null or c.timezone <> all(${others}::text[]))`;
}

function returns(trait: Whose["trait"]): RawBuilder<boolean> {
  if (!trait) return sql`true`;
  const { name, calendar, day } = trait;
  const value = sql`(c.traits ->> ${name})`;
  // what keyOf does with a date
  const key = keyOf(calendar, "YYYY-MM-DD").length === 5 ? sql`substr(${value}, 6)` : value;
  return sql`(${value} ~ '^\\d{4}-\\d{2}-\\d{2}$' and ${key} = any(${[...returning(calendar, day, 0)]}::text[]))`;
}
