import type { Home } from "../../campaign/library.ts";
import type { Scoring } from "../../campaign/scoring.ts";
import { type BgNbd, type BgNbdFit, expectedPurchases, fittingBgNbd } from "../../stats/bg-nbd.ts";
import { fittingGammaGamma, type GammaGammaFit, speaksOfBuyers } from "../../stats/gamma-gamma.ts";
import type { Steps } from "../../stats/nelder-mead.ts";
import { now } from "../../store/clock.ts";
import { type Database, rehearsal, type Tx } from "../../store/database.ts";
import { keepOutlooks, loadOutlooksAsked, type Outlook, saveExpectations } from "../../store/score/expectation.ts";
import { type Bought, gatherPurchases, loadHistories, loadSpending } from "../../store/score/purchase.ts";
import { beginRun, endRun, savePlaces } from "../../store/score/save.ts";
import { loadSizes, type Sizes } from "../../store/score/sizes.ts";
import { measure, place } from "../../store/score/tier.ts";

/** Why a model says nothing. */
export type Silent = { unavailable: "too-few" | "not-converged" | "no-average" };

export interface ScoreReport extends Sizes {
  asOf: Date;
  /** false: asked of another moment, so that nothing was stored */
  stored: boolean;
  bought: Bought;
  /** time in days; used: distinct histories that the fit was made from */
  churn: (BgNbdFit & { used: number }) | Silent;
  /** v in minor units; used: distinct pairs of count and average */
  value: (GammaGammaFit & { used: number }) | Silent;
  /** customers who had another tier, another stage before */
  changes: { tier: number; stage: number };
}

export const STEPS = ["purchases", "churn", "value", "expectations", "rules", "places"] as const;
export type Step = (typeof STEPS)[number];

export interface ScoreOptions {
  home: Pick<Home, "timezone">;
  scoring: Scoring;
  /** another moment than now: everything is worked out as of then and nothing is kept */
  asOf?: Date;
  /** told as each step begins */
  onStep?: (step: Step) => void;
}

/** Fewer repeat buyers than this do not tell one customer's habits from chance. */
const FEWEST = 30;
/** The longest that others of this process wait for the models. */
const BREATH_MS = 20;

/** Works out every score of every customer, in one transaction: rules see either all of the old ones or all of the new. */
export async function scoreBase(db: Database, options: ScoreOptions): Promise<ScoreReport> {
  return rehearsal(
    db,
    (tx) => scoreIn(tx, options),
    (report) => report.stored,
  );
}

async function scoreIn(tx: Tx, { home, scoring, asOf, onStep = () => undefined }: ScoreOptions): Promise<ScoreReport> {
  const at = await now(tx);
  const run = await beginRun(tx, at);
  const moment = { asOf: asOf ?? at, homeZone: home.timezone };
  onStep("purchases");
  const bought = await gatherPurchases(tx, moment);
  onStep("churn");
  const churn = await fitChurn(tx, bought);
  onStep("value");
  const value = await fitValue(tx, bought);
  onStep("expectations");
  const model = "r" in churn ? churn : undefined;
  await keepOutlooks(tx, model ? await gently(outlooks(model, await loadOutlooksAsked(tx))) : []);
  await saveExpectations(tx, run, model, "p" in value ? value : undefined);
  onStep("rules");
  await measure(tx, scoring, moment);
  onStep("places");
  await place(tx, scoring.tiers);
  const changes = await savePlaces(tx, run, at);
  const sizes = await loadSizes(tx);
  const report = { asOf: moment.asOf, stored: asOf === undefined, bought, churn, value, changes, ...sizes };
  await endRun(tx, run, report);
  return report;
}

async function fitChurn(tx: Tx, { repeatBuyers }: Bought): Promise<ScoreReport["churn"]> {
  if (repeatBuyers < FEWEST) return { unavailable: "too-few" };
  const histories = await loadHistories(tx);
  const fit = await gently(fittingBgNbd(histories));
  return fit.converged ? { ...fit, used: histories.n.length } : { unavailable: "not-converged" };
}

async function fitValue(tx: Tx, { repeatBuyers }: Bought): Promise<ScoreReport["value"]> {
  if (repeatBuyers < FEWEST) return { unavailable: "too-few" };
  const spending = await loadSpending(tx);
  if (spending.n.length === 0) return { unavailable: "too-few" };
  const fit = await gently(fittingGammaGamma(spending));
  if (!fit.converged) return { unavailable: "not-converged" };
  return speaksOfBuyers(fit) ? { ...fit, used: spending.n.length } : { unavailable: "no-average" };
}

function* outlooks(model: BgNbd, asked: { x: number; t: number }[]): Steps<Outlook[]> {
  const found: Outlook[] = [];
  for (const [i, each] of asked.entries()) {
    found.push(outlook(model, each));
    if (i % 1_000 === 999) yield;
  }
  return found;
}

/** A worker that counts has timers and other activities to look after. */
async function gently<T>(steps: Steps<T>): Promise<T> {
  for (let since = performance.now(); ;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - since < BREATH_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  }
}

function outlook(model: BgNbd, { x, t }: { x: number; t: number }): Outlook {
  const next = (days: number) => expectedPurchases(model, x, t, days);
  return { x, t, next30: next(30), next90: next(90), next365: next(365) };
}
