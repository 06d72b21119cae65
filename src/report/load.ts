import { now as readNow } from "../store/clock.ts";
import { type Database, snapshot, type Tx } from "../store/database.ts";
import { type Arms, loadArms } from "./arms.ts";
import { type Budget, loadBudget } from "./budget.ts";
import { type Calls, loadCalls } from "./calls.ts";
import { type Day, loadDaily } from "./daily.ts";
import { findRun } from "./find-run.ts";
import { type FunnelStep, loadFunnel } from "./funnel.ts";
import { type Head, loadHead } from "./head.ts";
import { loadMessages, type Messages } from "./messages.ts";
import { loadPlan, type PlanLine } from "./plan.ts";
import { loadReasons, type Reason } from "./reasons.ts";
import { loadRewards, type Rewards } from "./rewards.ts";
import type { Scope } from "./scope.ts";
import { loadSurveys, type Survey } from "./survey.ts";
import { loadTargets, type TargetLine } from "./targets.ts";

/** What a run achieved, as plain JSON. Money in minor units of head.currency. */
export interface Report {
  head: Head;
  targets: TargetLine[];
  arms: Arms;
  funnel: FunnelStep[];
  reasons: Reason[];
  messages: Messages;
  daily: Day[];
  rewards: Rewards;
  calls: Calls;
  surveys: Survey[];
  plan: PlanLine[];
  budget: Budget;
}

/** What became of a run's plan. @throws InputError when there is no such run */
export async function loadPlanOf(db: Database, name: string): Promise<PlanLine[]> {
  return snapshot(db, async (tx) => loadPlan((await scopeOf(tx, name)).scope));
}

/**
 * All figures of one run, from one snapshot, so that they agree with each other.
 * @throws InputError when there is no such run
 */
export async function loadReport(db: Database, name: string): Promise<Report> {
  return snapshot(db, async (tx) => {
    const { head, scope } = await scopeOf(tx, name);
    return {
      head,
      targets: await loadTargets(scope),
      arms: await loadArms(scope),
      funnel: await loadFunnel(scope),
      reasons: await loadReasons(scope),
      messages: await loadMessages(scope),
      daily: await loadDaily(scope),
      rewards: await loadRewards(scope),
      calls: await loadCalls(scope),
      surveys: await loadSurveys(scope),
      plan: await loadPlan(scope),
      budget: await loadBudget(scope),
    };
  });
}

async function scopeOf(tx: Tx, name: string): Promise<{ head: Head; scope: Scope }> {
  const run = await findRun(tx, name);
  const now = await readNow(tx);
  const { head, program } = await loadHead(tx, run, now);
  return { head, scope: { tx, run, program, now, over: head.status === "closed" || head.status === "stopped" } };
}
