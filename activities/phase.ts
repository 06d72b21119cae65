import { sql } from "kysely";
import { decidePhase } from "../src/campaign/decide/phase.ts";
import { code, type Day, type PhaseStep } from "../src/campaign/program.ts";
import { timeOf } from "../src/store/clock.ts";
import type { Database, Tx } from "../src/store/database.ts";
import { openGates } from "../src/store/task.ts";
import { insertWaits } from "../src/store/wait.ts";
import type { Handler } from "./context.ts";
import { DataError } from "./failure.ts";

/** Waits for a phase to begin; while a gate before it is open, its day is not known. */
export const phase: Handler<PhaseStep> = async (context, step) => {
  const { tx, batch, members, name } = context;
  const gates = await openGates(tx, batch.run); // before the day is read: whoever closes a gate also moves days
  const startDay = await phaseDay(tx, batch.run, step.phase);
  const decisions = members.map((member) =>
    decidePhase(
      step.phase,
      startDay,
      member.calendar,
      gates.map((gate) => gate.phase),
    ),
  );
  const waiting = members.filter((_, i) => decisions[i]!.outcome === code("waiting"));
  await insertWaits(
    tx,
    waiting.map((member) => ({
      enrolment: member.id,
      step: name,
      occurrence: batch.occurrence,
      kind: "phase",
      customer: member.customer,
      eventType: null,
      since: timeOf(batch.due),
      until: null,
    })),
  );
  return decisions;
};

/** The local day on which a phase of the run begins. */
export async function phaseDay(tx: Database | Tx, run: string, phase: number): Promise<Day> {
  const { rows } = await sql<{ day: Day }>`
    select start_day as day from run_phases where run = ${run} and phase = ${phase}`.execute(tx);
  if (!rows[0]) throw new DataError("no-phase");
  return rows[0].day;
}
