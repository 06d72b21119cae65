import { localDay } from "../campaign/calendar.ts";
import { isGated, phaseStart, startAfterGate } from "../campaign/decide/phase.ts";
import { code, type Program } from "../campaign/program.ts";
import { zoneAround } from "./zone.ts";
import { minuteOf } from "./clock.ts";
import type { Tx } from "./database.ts";
import { loadPhases, meetPhaseWaits, movePhases } from "./phase.ts";
import { insertStimuli, type NewStimulus } from "./stimulus.ts";
import { openGates } from "./task.ts";

export interface GateOpened {
  /** phases that now begin later, by how many days; 0: all as planned */
  movedDays: number;
  /** members that can now go on when their phase begins */
  released: number;
}

/**
 * A gate of the run has just been closed (the run's gates are locked). If it was the last one before the next phase,
 * that phase and all later ones move when their day has already begun, and members that waited are told when to go on.
 * @param phaseId the gate's own phase
 */
export async function openBehindGate(
  tx: Tx,
  run: string,
  program: Program,
  phaseId: string,
  at: Date,
): Promise<GateOpened> {
  const gates = (await openGates(tx, run)).map((gate) => gate.phase);
  const phases = await loadPhases(tx, run);
  const next = phases.findIndex((phase) => phase.id === phaseId) + 1;
  const following = phases[next];
  if (!following || isGated(next, gates)) return { movedDays: 0, released: 0 };

  const minute = minuteOf(at);
  const today = localDay(zoneAround(program.timezone, minute), minute);
  const movedDays = startAfterGate(following.startDay, today) - following.startDay;
  if (movedDays > 0) await movePhases(tx, run, next, movedDays, program.timezone);

  const startOf = (phase: number) => phases[phase]!.startDay + (phase >= next ? movedDays : 0);
  const ready = new Map(
    Object.entries(program.steps).flatMap(([name, step]): [string, number][] =>
      step.kind === "phase" && !isGated(step.phase, gates) ? [[name, step.phase]] : [],
    ),
  );
  const met = await meetPhaseWaits(tx, run, [...ready.keys()], code("met"), at);
  // one stimulus for a whole cohort: members that do not wait at this op ignore it
  const stimuli = met.map(({ cohort, zone, step, occurrence }): NewStimulus => ({
    run,
    cohort,
    member: -1,
    stimulus: {
      kind: "met",
      at: minute,
      occurrence,
      outcome: code("met"),
      pc: program.code.instructions.findIndex((instruction) => instruction.do === "op" && instruction.step === step),
      value: phaseStart(zoneAround(zone, minute), startOf(ready.get(step)!)),
    },
  }));
  await insertStimuli(tx, stimuli, at);
  return { movedDays, released: met.reduce((sum, group) => sum + group.members, 0) };
}
