import { sql } from "kysely";
import { endsJourney } from "../campaign/flow.ts";
import { option, type Program, RSVP_OUTCOMES } from "../campaign/program.ts";
import { minuteOf, now } from "../store/clock.ts";
import { lockCustomers } from "../store/customer.ts";
import { type Database, transaction } from "../store/database.ts";
import { loadDocument } from "../store/document.ts";
import { endEnrolments } from "../store/enrolment.ts";
import { loadFree, loadLine, lockSeats, type NextInLine, seat } from "../store/rsvp.ts";
import { insertStimuli } from "../store/stimulus.ts";
import { meetWait } from "../store/wait.ts";

const YES = option(RSVP_OUTCOMES.indexOf("yes"));

/**
 * Gives seats that have come free to those who have waited longest, and lets their journeys go on. A transaction of its
 * own for each invitation, since it locks other customers than the one who gave the seat back. @returns how many got one
 */
export async function fillSeats(db: Database): Promise<number> {
  let filled = 0;
  for (const { run, step, seats } of await loadFree(db)) filled += await fill(db, run, step, seats);
  return filled;
}

async function fill(db: Database, run: string, step: string, seats: number): Promise<number> {
  const line = await loadLine(db, run, step, seats);
  return transaction(db, async (tx) => {
    await lockCustomers(
      tx,
      line.map((next) => next.customer),
    );
    await sql`
      select 1 from enrolments where id = any(${line.map((next) => next.enrolment)}::bigint[])
      order by id for no key update`.execute(tx);
    const [state] = await lockSeats(tx, [{ run, step, seats }]);
    const free = Math.max(0, state!.seats - state!.taken);
    const locked = new Set(line.map((next) => next.enrolment));
    const first = await loadLine(tx, run, step, free);
    // whoever came in before those who are locked is seen to the next time
    const stranger = first.findIndex((next) => !locked.has(next.enrolment));
    const next = stranger < 0 ? first : first.slice(0, stranger);
    await seat(
      tx,
      next.map(({ enrolment }) => enrolment),
      step,
    );
    const at = await now(tx);
    for (const one of next) await goOn(tx, run, step, one, at);
    return next.length;
  });
}

async function goOn(
  tx: Parameters<typeof meetWait>[0],
  run: string,
  step: string,
  { enrolment }: NextInLine,
  at: Date,
) {
  const { rows } = await sql<{ occurrence: number; cohort: number | null; member: number | null; program: string }>`
    select w.occurrence, e.cohort, e.member, r.program
    from waits w join enrolments e on e.id = w.enrolment join runs r on r.id = e.run
    where w.enrolment = ${enrolment} and w.step = ${step} and w.kind = 'rsvp' and w.status = 'open'
      and e.status = 'live'`.execute(tx);
  const wait = rows[0];
  if (!wait || wait.cohort === null || wait.member === null) return;
  const { occurrence, cohort, member } = wait;
  await meetWait(tx, { enrolment, step, occurrence, kind: "rsvp" }, YES, at);
  const { code } = await loadDocument<Program>(tx, wait.program);
  const pc = code.instructions.findIndex((instruction) => instruction.do === "op" && instruction.step === step);
  const stimulus = { kind: "met" as const, at: minuteOf(at), pc, occurrence, outcome: YES };
  await insertStimuli(tx, [{ run, cohort, member, stimulus }], at);
  if (endsJourney(code, pc, YES, occurrence)) await endEnrolments(tx, [enrolment], "completed", at);
}
