import { sql } from "kysely";
import { refuse } from "../../fault.ts";
import { now } from "../../store/clock.ts";
import { type Database, transaction } from "../../store/database.ts";
import { dropLine } from "../../store/entry.ts";
import { endJoining } from "../../store/join/cohorts.ts";
import { loadRun } from "../../store/run.ts";

export interface Drained {
  run: string;
  /** who stood in line, and now stays out */
  dropped: number;
  /** who is inside and finishes */
  live: number;
}

/** Lets nobody in any more; those inside finish, and then the run ends as usual. Doing it again changes nothing. */
export async function drainRun(db: Database, id: string): Promise<Drained> {
  return transaction(db, async (tx) => {
    const run = await loadRun(tx, id, "for update");
    if (run.status !== "starting" && run.status !== "running" && run.status !== "paused") {
      throw refuse(id, {
        en: `the run is ${run.status}: nobody enters it any more`,
        "zh-CN": `该运行当前为 ${run.status}，本就无人再进入`,
      });
    }
    const at = await now(tx);
    await sql`update runs set draining_at = ${at} where id = ${id} and draining_at is null`.execute(tx);
    await endJoining(tx, id, at);
    const dropped = await dropLine(tx, id, at);
    const { rows } = await sql<{ live: number }>`
      select count(*)::int as live from enrolments where run = ${id} and arm = 'treatment' and status = 'live'`.execute(
      tx,
    );
    return { run: id, dropped, live: rows[0]!.live };
  });
}
