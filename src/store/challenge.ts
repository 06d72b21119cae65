import { sql } from "kysely";
import type { Day } from "../campaign/program.ts";
import type { Database, Tx } from "./database.ts";

export interface NewChallenge {
  enrolment: number;
  /** the challenge's step id */
  step: string;
  customer: number;
  eventType: string;
  firstDay: Day;
  days: number;
}

/** A challenge inside a loop is opened anew on each pass. */
export async function openChallenges(tx: Tx, rows: NewChallenge[]): Promise<void> {
  if (rows.length === 0) return;
  const list = rows.map((row) => ({ ...row, event_type: row.eventType, first_day: row.firstDay }));
  await sql`
    insert into challenges (enrolment, step, customer, event_type, first_day, days)
    select enrolment, step, customer, event_type, first_day, days
    from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as c (enrolment bigint, step text, customer bigint,
      event_type text, first_day int, days int)
    on conflict (enrolment, step) do update
      set first_day = excluded.first_day, days = excluded.days, status = 'open', closed_at = null, closed_reason = null`.execute(
    tx,
  );
}

export async function closeChallenges(
  tx: Tx,
  enrolments: number[],
  step: string,
  reason: string,
  at: Date,
): Promise<void> {
  await sql`
    update challenges set status = 'closed', closed_at = ${at}, closed_reason = ${reason}
    where enrolment = any(${enrolments}::bigint[]) and step = ${step} and status = 'open'`.execute(tx);
}

/** First local day by enrolment. */
export async function firstDays(tx: Database | Tx, enrolments: number[], step: string): Promise<Map<number, Day>> {
  const { rows } = await sql<{ enrolment: number; day: Day }>`
    select enrolment, first_day as day from challenges
    where enrolment = any(${enrolments}::bigint[]) and step = ${step}`.execute(tx);
  return new Map(rows.map((row) => [row.enrolment, row.day]));
}

/** Which of these (enrolment, local day) pairs have a check-in. */
export async function checkedIn(
  tx: Database | Tx,
  step: string,
  days: { enrolment: number; day: Day }[],
): Promise<Set<number>> {
  const { rows } = await sql<{ enrolment: number }>`
    select c.enrolment
    from unnest(${days.map((row) => row.enrolment)}::bigint[], ${days.map((row) => row.day)}::int[]) as d (enrolment, day)
    join check_ins c on c.enrolment = d.enrolment and c.step = ${step} and c.day = d.day`.execute(tx);
  return new Set(rows.map((row) => row.enrolment));
}
