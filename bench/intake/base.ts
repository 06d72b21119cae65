import { sql } from "kysely";
import { createApiKey } from "../../src/store/api-key.ts";
import { now } from "../../src/store/clock.ts";
import { type Base, challenge, enrol } from "../enrolled.ts";

export interface Sizes {
  /** in an open challenge, with an open goal */
  members: number;
  customers: number;
}

/** Days of the open challenges that a check-in may still be for. */
export const DAYS = [11, 10, 9];
const LEAD = 10;

/** Customers "c1" …, the first of them members of a run whose challenge has been open for ten days. */
export async function openBase(url: string, schema: string, rules: string, { members, customers }: Sizes) {
  const base = await enrol(url, schema, await challenge(rules), members, 500);
  const { db, run } = base;
  const at = await now(db);
  await sql`
    insert into customers (customer_id, created_at) select 'c' || i, ${at}
    from generate_series(${sql.lit(members + 1)}::int, ${sql.lit(customers)}) as i`.execute(db);
  await sql`
    insert into challenges (enrolment, step, customer, event_type, first_day, days)
    select id, 'days', customer, 'check_in', (${at}::timestamptz at time zone zone)::date - date '1970-01-01' - ${sql.lit(LEAD)}, 30
    from enrolments where run = ${run}`.execute(db);
  for (const table of ["customers", "challenges"]) await sql`analyze ${sql.ref(table)}`.execute(db);
  return { ...base, key: await createApiKey(db, "bench", "backend", at) };
}

/** What the events came to, to see that they were reacted to. */
export async function outcome({ db }: Pick<Base, "db">): Promise<Record<string, number>> {
  const { rows } = await sql<Record<string, number>>`
    select (select count(*) from events) as events, (select count(*) from events where reacted_at is null) as unreacted,
      (select count(*) from events where reaction ? 'error') as failed, (select count(*) from check_ins) as "checkIns",
      (select count(*) from orders) as orders, (select count(*) from conversions) as conversions,
      (select count(*) from stimuli) as stimuli`.execute(db);
  return rows[0]!;
}
