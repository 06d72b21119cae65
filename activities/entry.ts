import { sql } from "kysely";
import type { Program } from "../src/campaign/program.ts";
import { now } from "../src/store/clock.ts";
import { type Database, transaction } from "../src/store/database.ts";
import { loadDocument } from "../src/store/document.ts";
import { admit, hasLine, LOOK_MINUTES, lockGroup } from "../src/store/entry.ts";
import { loadRun } from "../src/store/run.ts";

/** Enrols those of a run's line who can enter now. @returns minutes until it is worth looking again; Infinity: nobody waits */
export async function letIn(db: Database, runId: string): Promise<number> {
  const { campaign, program: hash } = await loadRun(db, runId);
  const program = await loadDocument<Program>(db, hash);
  if (!hasLine(program)) return Infinity;
  return transaction(db, async (tx) => {
    // as launches do, so that what a campaign may hold is counted by one at a time
    await sql`select 1 from campaigns where id = ${campaign} for update`.execute(tx);
    const run = await loadRun(tx, runId, "for update");
    if (run.status === "paused") return LOOK_MINUTES;
    if ((run.status !== "starting" && run.status !== "running") || run.drainingAt) return Infinity;
    await lockGroup(tx, program.audience.exclusive?.group);
    return (await admit(tx, program, runId, await now(tx))).lookIn;
  });
}
