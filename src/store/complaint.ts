import { sql } from "kysely";
import type { Tx } from "./database.ts";
import { wakeHeld } from "./held.ts";

export interface NewComplaint {
  id: string;
  customer: number;
  severity: "low" | "medium" | "high";
  /** where it was heard: an event's source, or "campaign" */
  source: string;
  enrolment: number | null;
  note: string | null;
  opened_at: Date;
}

/** A complaint whose id is known already is left as it is. */
export async function openComplaints(tx: Tx, rows: NewComplaint[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into complaints (id, customer, severity, source, enrolment, note, opened_at)
    select id, customer, severity, source, enrolment, note, opened_at
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c (id text, customer bigint, severity text, source text,
      enrolment bigint, note text, opened_at timestamptz)
    on conflict (id) do nothing`.execute(tx);
}

export interface Solution {
  customer: number;
  /** null: every complaint that the customer had by then */
  id: string | null;
  at: Date;
}

/** Events that came before these complaints did and say that they are solved. */
export async function loadLaterSolutions(tx: Tx, opened: NewComplaint[]): Promise<Solution[]> {
  if (opened.length === 0) return [];
  const { rows } = await sql<Solution>`
    select e.customer, c.id, max(e.occurred_at) as at
    from jsonb_to_recordset(${JSON.stringify(opened)}::jsonb) as c (id text, customer bigint, opened_at timestamptz)
    join events e on e.customer = c.customer and e.type = 'complaint.solved' and e.occurred_at >= c.opened_at
    where e.reacted_at is not null and coalesce(e.data ->> 'complaint_id', c.id) = c.id
    group by e.customer, c.id`.execute(tx);
  return rows;
}

/**
 * Promotions that were held for a customer with no complaint left are looked at again at once, whether they were on
 * their way or only to be decided; afterwards wake the lanes "deliver" and "dispatch". The customers are locked. `now` is clock time.
 * @returns the customers (one entry per complaint) whose complaints were open until now
 */
export async function solveComplaints(
  tx: Tx,
  solutions: Solution[],
  now: Date,
): Promise<{ customer: number; id: string }[]> {
  if (solutions.length === 0) return [];
  const { rows } = await sql<{ customer: number; id: string }>`
    update complaints c set status = 'solved', solved_at = s.at
    from jsonb_to_recordset(${JSON.stringify(solutions)}::jsonb) as s (customer bigint, id text, at timestamptz)
    where c.customer = s.customer and c.status = 'open' and (c.id = s.id or s.id is null and c.opened_at <= s.at)
    returning c.customer, c.id`.execute(tx);
  await sql`
    update messages m set not_before = ${now}
    where m.customer = any(${rows.map((row) => row.customer)}::bigint[]) and m.status = 'pending'
      and m.reason = 'problem-first' and m.not_before > ${now}
      and not exists (select 1 from complaints c where c.customer = m.customer and c.status = 'open')`.execute(tx);
  await wakeHeld(tx, [...new Set(rows.map((row) => row.customer))], now);
  return rows;
}
