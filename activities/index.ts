import { sql } from "kysely";
import type { Program } from "../src/campaign/program.ts";
import { now } from "../src/store/clock.ts";
import { lockCustomers } from "../src/store/customer.ts";
import { type Database, transaction } from "../src/store/database.ts";
import { loadDocument } from "../src/store/document.ts";
import { endEnrolments } from "../src/store/enrolment.ts";
import type { CohortActivities } from "../workflows/contract.ts";
import { act } from "./act.ts";
import type { Lane } from "./context.ts";

export interface Dependencies {
  db: Database;
  /** channels that can send here; others in a step's chain are passed over */
  channels: string[];
  /** wakes a lane after work for it was stored; never throws */
  wake: (lane: Lane) => void;
  /** every cohort of a run has ended: the run may move on */
  onLastCohort?: (run: string) => Promise<void>;
  /** language of customers who have not said theirs; zh-CN when left out */
  locale?: "en" | "zh-CN";
}

export function createActivities({
  db,
  channels,
  wake,
  onLastCohort,
  locale = "zh-CN",
}: Dependencies): CohortActivities {
  return {
    async loadCode(program) {
      return (await loadDocument<Program>(db, program)).code;
    },

    async act(batch) {
      const { completed, lanes } = await act(db, { channels, locale }, batch);
      for (const lane of lanes) wake(lane);
      return completed;
    },

    async endCohort(run, cohort) {
      await transaction(db, async (tx) => {
        await lockCustomers(tx, await liveCustomers(tx, run, cohort));
        const { rows } = await sql<{ id: number }>`
          select id from enrolments where run = ${run} and cohort = ${cohort} and status = 'live'
          order by id for no key update`.execute(tx);
        await endEnrolments(
          tx,
          rows.map((row) => row.id),
          "completed",
          await now(tx),
        );
        await sql`update cohorts set status = 'ended' where run = ${run} and cohort = ${cohort}`.execute(tx);
      });
      const { rows } = await sql<{ left: boolean }>`
        select exists (select from cohorts where run = ${run} and status <> 'ended') as left`.execute(db);
      if (!rows[0]!.left) await onLastCohort?.(run);
    },

    async park(run, cohort, number, due) {
      await sql`
        update cohorts set parked_number = ${number}, parked_due = ${due}
        where run = ${run} and cohort = ${cohort}`.execute(db);
    },
  };
}

async function liveCustomers(db: Parameters<typeof now>[0], run: string, cohort: number): Promise<number[]> {
  const { rows } = await sql<{ customer: number }>`
    select distinct customer from enrolments where run = ${run} and cohort = ${cohort} and status = 'live'`.execute(db);
  return rows.map((row) => row.customer);
}
