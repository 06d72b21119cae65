import { sql } from "kysely";
import type { Trace } from "../watch/trace.ts";
import type { Tx } from "./database.ts";

/** How long after it happened (clock time) something is still the beginning of what a member does. */
const RECENT = "1 hour";

/** What is about to be told to these customers' cohorts belongs to these traces. */
export async function traceStimuli(tx: Tx, traces: Map<number, Trace>): Promise<void> {
  if (traces.size === 0) return;
  await sql`
    update stimuli s set trace = t.trace
    from unnest(${[...traces.keys()]}::bigint[], ${[...traces.values()]}::text[]) as t (customer, trace)
      join enrolments e on e.customer = t.customer
    where s.run = e.run and s.cohort = e.cohort and s.member = e.member
      and s.sent_at is null and s.number is null and s.trace is null`.execute(tx);
}

/** The traces to which the latest that these members have heard belongs, by member; at clock time. */
export async function tracesOfMembers(
  tx: Tx,
  { run, cohort }: { run: string; cohort: number },
  members: number[],
  at: Date,
): Promise<Map<number, Trace>> {
  const { rows } = await sql<{ member: number; trace: Trace }>`
    select distinct on (member) member, trace from stimuli
    where run = ${run} and cohort = ${cohort} and member = any(${members}::int[]) and trace is not null
      and created_at > ${at}::timestamptz - ${RECENT}::interval
    order by member, id desc`.execute(tx);
  return new Map(rows.map((row) => [row.member, row.trace]));
}

/** Messages that one op has written belong to these traces, by enrolment. */
export async function traceMessages(
  tx: Tx,
  op: { step: string; occurrence: number },
  traces: Map<number, Trace>,
): Promise<void> {
  if (traces.size === 0) return;
  await sql`
    update messages m set trace = t.trace
    from unnest(${[...traces.keys()]}::bigint[], ${[...traces.values()]}::text[]) as t (enrolment, trace)
    where m.enrolment = t.enrolment and m.step = ${op.step} and m.occurrence = ${op.occurrence} and m.trace is null`.execute(
    tx,
  );
}
