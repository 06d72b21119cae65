import { sql } from "kysely";
import { code, type Program } from "../campaign/program.ts";
import { minuteOf } from "./clock.ts";
import type { Tx } from "./database.ts";
import { loadDocument } from "./document.ts";
import { insertStimuli, type NewStimulus } from "./stimulus.ts";
import { insertWaits } from "./wait.ts";

/** An op that was put off because its customer has an open complaint. */
export interface Held {
  enrolment: number;
  customer: number;
  until: Date;
}

/** Waits for complaints to be solved, under the customers' locks, in the transaction that put the ops off. */
export async function waitForSolution(tx: Tx, op: { step: string; occurrence: number }, held: Held[], at: Date) {
  await insertWaits(
    tx,
    held.map((row) => ({ ...row, ...op, kind: "complaint" as const, eventType: null, since: at })),
  );
}

/** Before an op is decided again: whatever comes of it, the old wait is over and its place may be needed. */
export async function endHeld(tx: Tx, op: { step: string; occurrence: number }, enrolments: number[]): Promise<void> {
  await sql`
    delete from waits
    where enrolment = any(${enrolments}::bigint[]) and step = ${op.step} and occurrence = ${op.occurrence}
      and kind = 'complaint'`.execute(tx);
}

interface Woken {
  run: string;
  /** document hash */
  program: string;
  cohort: number;
  member: number;
  step: string;
  occurrence: number;
  /** the one that was put off */
  attempt: number;
}

/**
 * Ops that were put off for customers with no complaint left are to be asked again at once; afterwards wake the lane
 * "dispatch". The customers are locked. `at` is clock time.
 */
export async function wakeHeld(tx: Tx, customers: number[], at: Date): Promise<void> {
  if (customers.length === 0) return;
  // held first: from then on no migration can put another program in the place of theirs
  await sql`
    select 1 from enrolments e
    where e.id in (select enrolment from waits where customer = any(${customers}::bigint[]) and kind = 'complaint' and status = 'open')
    order by e.id for no key update`.execute(tx);
  const { rows } = await sql<Woken>`
    update waits w set status = 'met', outcome = ${code("deferred")}, met_at = ${at}
    from enrolments e join runs r on r.id = e.run
    where w.customer = any(${customers}::bigint[]) and w.kind = 'complaint' and w.status = 'open'
      and e.id = w.enrolment and e.status = 'live' and e.cohort is not null
      and not exists (select from complaints c where c.customer = w.customer and c.status = 'open')
    returning e.run, r.program, e.cohort, e.member, w.step, w.occurrence, (
      select max(l.attempt) from ledger l
      where l.enrolment = w.enrolment and l.step = w.step and l.occurrence = w.occurrence) as attempt`.execute(tx);
  const stimuli: NewStimulus[] = [];
  for (const { run, program, cohort, member, step, occurrence, attempt } of rows) {
    const { instructions } = (await loadDocument<Program>(tx, program)).code;
    const pc = instructions.findIndex((instruction) => instruction.do === "op" && instruction.step === step);
    const again = { kind: "met" as const, at: minuteOf(at), pc, occurrence, outcome: code("deferred"), value: attempt };
    stimuli.push({ run, cohort, member, stimulus: again });
  }
  await insertStimuli(tx, stimuli, at);
}
