import { type Decision, decided } from "../src/campaign/decide/decision.ts";
import { phaseStart } from "../src/campaign/decide/phase.ts";
import { code, type Minute, type Program } from "../src/campaign/program.ts";
import { minuteOf } from "../src/store/clock.ts";
import type { Tx } from "../src/store/database.ts";
import type { LockedEnrolment } from "../src/store/enrolment.ts";
import { type LedgerRow, loadLedger } from "../src/store/ledger.ts";
import { loadWaits, type Wait } from "../src/store/wait.ts";
import type { Batch } from "../workflows/contract.ts";
import { phaseDay } from "./phase.ts";
import { zoneAround } from "../src/store/zone.ts";

export interface Answer extends Decision {
  member: number;
  at: Minute;
}

/**
 * What has been decided already is looked up, never decided again. Where the answer was `waiting` and the wait has been
 * met since, the answer is how it was met: so a rebuilt cohort loses no wake-up.
 */
export async function answersBefore(
  tx: Tx,
  program: Program,
  batch: Batch,
  name: string,
  locked: LockedEnrolment[],
): Promise<{ before: Map<number, Answer>; firstDues: Map<number, Minute> }> {
  const { occurrence, attempt } = batch;
  const rows = await loadLedger(
    tx,
    locked.map((row) => row.id),
    { step: name, occurrence, attempt },
  );
  const firstDues = new Map(rows.filter((row) => row.attempt === 1).map((row) => [row.enrolment, minuteOf(row.due)]));
  const answered = new Map(rows.filter((row) => row.attempt === attempt).map((row) => [row.enrolment, row]));
  const resting = new Set([code("waiting"), code("deferred")]);
  const waiting = [...answered.values()].filter((row) => resting.has(row.outcome)).map((row) => row.enrolment);
  const waits = waiting.length > 0 ? await loadWaits(tx, waiting, name, occurrence) : new Map<number, Wait>();
  const step = program.steps[name]!;
  const startDay = waits.size > 0 && step.kind === "phase" ? await phaseDay(tx, batch.run, step.phase) : 0;

  const before = new Map<number, Answer>();
  for (const { id, member, zone } of locked) {
    const row = answered.get(id);
    if (!row) continue;
    const wait = waits.get(id);
    if (wait?.status !== "met" || wait.metAt === null) {
      before.set(id, { member, ...stored(row) });
      continue;
    }
    const at = minuteOf(wait.metAt);
    if (row.outcome === code("deferred")) {
      before.set(id, { member, ...stored(row), value: at }); // what it was put off for is over
      continue;
    }
    const phase = step.kind === "phase";
    const decision = phase
      ? decided("scheduled", phaseStart(zoneAround(zone, at), startDay))
      : { outcome: wait.outcome!, reasons: [] };
    before.set(id, { member, at, ...decision });
  }
  return { before, firstDues };
}

function stored(row: LedgerRow): Decision & { at: Minute } {
  return {
    outcome: row.outcome,
    at: minuteOf(row.at),
    reasons: row.reasons,
    ...(row.value !== null && { value: row.value }),
  };
}
