import type { Program, Trigger } from "../campaign/program.ts";
import { triggerOf } from "../campaign/trigger.ts";
import type { Database, Tx } from "../store/database.ts";
import { loadDocument } from "../store/document.ts";
import { loadStanding, type StandingRun } from "../store/join/runs.ts";

type Kind = Trigger["kind"];

/** A run that customers join, and what brings them. */
export interface Triggered<K extends Kind> {
  run: StandingRun;
  program: Program;
  trigger: Extract<Trigger, { kind: K }>;
}

/** Runs that take joiners and have a trigger of this kind, in the order in which they are locked. */
export async function runsTriggeredBy<K extends Kind>(db: Database | Tx, kind: K): Promise<Triggered<K>[]> {
  const found: Triggered<K>[] = [];
  for (const run of await loadStanding(db)) {
    const program = await loadDocument<Program>(db, run.program);
    const trigger = triggerOf(program);
    if (isOf(trigger, kind)) found.push({ run, program, trigger });
  }
  return found;
}

function isOf<K extends Kind>(trigger: Trigger, kind: K): trigger is Extract<Trigger, { kind: K }> {
  return trigger.kind === kind;
}
