import { toUtc, type Zone } from "../calendar.ts";
import type { Day, Minute } from "../program.ts";
import { type Decision, decided } from "./decision.ts";

/** A gate holds up every phase after its own. */
export function isGated(phase: number, openGates: readonly number[]): boolean {
  return openGates.some((gate) => gate < phase);
}

/** A phase's day starts at the customer's own midnight. */
export function phaseStart(zone: Zone, startDay: Day): Minute {
  return toUtc(zone, startDay, 0);
}

export function decidePhase(phase: number, startDay: Day, zone: Zone, openGates: readonly number[]): Decision {
  if (isGated(phase, openGates)) return decided("waiting", undefined, ["gate-open"]);
  return decided("scheduled", phaseStart(zone, startDay));
}

/**
 * The day on which the phase after a gate starts when its last gate has just been closed: as planned, or tomorrow when
 * that day has already begun.
 */
export function startAfterGate(plannedDay: Day, today: Day): Day {
  return plannedDay > today ? plannedDay : today + 1;
}
