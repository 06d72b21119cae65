import { sql } from "kysely";
import type { Program } from "../../campaign/program.ts";
import { now } from "../../store/clock.ts";
import { type Database, transaction } from "../../store/database.ts";
import { loadDocument } from "../../store/document.ts";
import { admit, tryGroup } from "../../store/entry.ts";
import { type DueLine, dueLines, forgetWakes, loadWakes } from "../../store/line-look.ts";
import { loadRun } from "../../store/run.ts";

export interface Lines {
  /**
   * Lets in from all lines whoever can enter now, as far as nobody else is at them. Start cohorts afterwards.
   * @returns runs in whose line nobody is left, which may be over
   */
  look(): Promise<string[]>;
}

/** A line is looked at again after so many times as long as it took: a busy campaign frees places all the time. */
const PACE = 5;

/** What stands in line for campaigns; any number of processes may look at once. */
export function openLines(db: Database): Lines {
  const notBefore = new Map<string, number>();
  return {
    async look() {
      const wakes = await loadWakes(db);
      const emptied: string[] = [];
      let complete = true;
      for (const line of await dueLines(db, wakes)) {
        const began = performance.now();
        if (began < (notBefore.get(line.run) ?? 0)) {
          complete = false;
          continue;
        }
        const found = await letIn(db, line);
        notBefore.set(line.run, performance.now() + PACE * (performance.now() - began));
        if (found === "busy") complete = false;
        else if (found === "emptied") emptied.push(line.run);
      }
      // what somebody could not be let in for yet is kept
      if (complete) await forgetWakes(db, wakes);
      return emptied;
    },
  };
}

/** Waits for nobody: a launch may hold its campaign, and its group, for minutes. */
export async function letIn(
  db: Database,
  { run: id, campaign, group }: DueLine,
): Promise<"busy" | "emptied" | "stays"> {
  return transaction(db, async (tx) => {
    if (!(await tryGroup(tx, group))) return "busy";
    // as launches do, so that what a campaign may hold is counted by one at a time
    const held = await sql`
      select from campaigns c join runs r on r.campaign = c.id
      where c.id = ${campaign} and r.id = ${id} for no key update skip locked`.execute(tx);
    if (held.rows.length === 0) return "busy";
    const run = await loadRun(tx, id);
    if ((run.status !== "starting" && run.status !== "running") || run.drainingAt) return "stays";
    const program = await loadDocument<Program>(tx, run.program);
    const { enrolled, gone, waiting } = await admit(tx, program, id, await now(tx));
    return waiting === 0 && enrolled + gone > 0 ? "emptied" : "stays";
  });
}
