import { NativeConnection } from "@temporalio/worker";
import { readLibrary } from "../../src/operate/rules/library.ts";
import { openTemporal } from "../../src/temporal/client.ts";
import type { BenchOptions } from "../bench.ts";
import { type BenchReport, machine, ratio } from "../measure.ts";
import { challenge, reference } from "../enrolled.ts";
import { cohortsOf, type Measured, perCustomer, type Surroundings, type Variant } from "./variants.ts";
import { bundleBench, quiet } from "./worker.ts";

/** three full cohorts, one per zone; half as many are quicker, but say nothing of actions per enrolment */
const [ENROLMENTS, FEWER] = [1_500, 750];
const COHORT = 500;
/** the server takes a second for a timer, however brief: only fewer of them are quicker */
const QUICK_DAYS = 10;

/**
 * Thirty days of a challenge on the real Temporal server with timers of a millisecond: cohorts of 500 against cohorts of
 * one and against a workflow per customer, each with the same customers, decisions and rows.
 */
export async function benchOrchestration({ config, quick, say }: BenchOptions): Promise<BenchReport> {
  // what a workflow per customer does in a second does not depend on how many wait behind it
  const single = quick ? 3 : 40;
  const rounds = quick ? 1 : 3;
  quiet();
  const prefix = `bench_${Date.now().toString(36)}`;
  const temporal = { ...(await openTemporal(config)), taskQueue: prefix };
  const connection = await NativeConnection.connect({ address: config.temporalAddress! });
  try {
    const { library } = await readLibrary(config.rules);
    const workflowBundle = await bundleBench();
    const around: Surroundings = {
      databaseUrl: config.databaseUrl!,
      temporal,
      connected: { connection, namespace: config.temporalNamespace, workflowBundle },
      home: library.home,
      prefix,
    };
    const compiled = await challenge(config.rules, quick ? QUICK_DAYS : undefined);
    const measured: Record<"cohorts" | "ones" | "customers", Measured[]> = { cohorts: [], ones: [], customers: [] };
    for (let round = 0; round < rounds; round++) {
      const play = async (name: keyof typeof measured, variant: Variant, enrolments: number) => {
        const taskQueue = `${prefix}_${round}_${name}`;
        const own = { ...around, temporal: { ...temporal, taskQueue }, prefix: `${prefix}_${round}` };
        measured[name].push(await variant(own, compiled, enrolments));
      };
      const ones = play("ones", cohortsOf(1), single);
      // three customers are no load for the others: a quick look need not wait for the timers of each in turn
      if (!quick) await ones;
      const cohorts = play("cohorts", cohortsOf(COHORT), quick ? FEWER : ENROLMENTS);
      if (!quick) await cohorts;
      await Promise.all([ones, cohorts, play("customers", perCustomer, single)]);
      for (const [name, all] of Object.entries(measured)) say(`${name}: ${JSON.stringify(short(all.at(-1)!))}`);
    }
    const whole = quick ? undefined : await cohortsOf(COHORT)(around, await reference(config.rules), ENROLMENTS);
    return { bench: "orchestration", machine: machine(), ...judged(measured, whole) };
  } finally {
    await connection.close();
    await temporal.close();
  }
}

function judged({ cohorts, ones, customers }: Record<string, Measured[]>, whole?: Measured) {
  const over = (others: Measured[], pick: (mine: Measured, theirs: Measured) => number) =>
    cohorts!.map((mine, round) => pick(mine, others[round]!));
  const fewer = (mine: Measured, theirs: Measured) => theirs.actionsEach / mine.actionsEach;
  const faster = (mine: Measured, theirs: Measured) => mine.perSecond / theirs.perSecond;
  const atMost = ratio(
    cohorts!.map((each) => each.actionsEach),
    0.35,
    "most",
  );
  return {
    ratios: {
      ...(cohorts!.every((each) => each.enrolments === ENROLMENTS) && { actions_per_enrolment: atMost }),
      fewer_actions_than_cohorts_of_one: ratio(over(ones!, fewer), 100),
      fewer_actions_than_per_customer: ratio(over(customers!, fewer), 100),
      faster_than_cohorts_of_one: ratio(over(ones!, faster), 50),
      faster_than_per_customer: ratio(over(customers!, faster), 50),
    },
    figures: {
      cohortsOf500: cohorts!.map(short),
      cohortsOfOne: ones!.map(short),
      workflowPerCustomer: customers!.map(short),
      ...(whole && { referenceCampaign: short(whole) }),
      notes: [
        "days of a challenge with timers of a millisecond; every decision, message and check-in is a real transaction",
        "check-ins are posted and reacted to when a challenge opens; purchases one by one on their day",
        "the run's own workflow is counted; it would look once a week until the last conversion window closes",
      ],
    },
  };
}

function short(measured: Measured): Record<string, number> {
  const rounded = Object.entries(measured).map(([name, value]: [string, number]) => [
    name,
    Number(value.toPrecision(4)),
  ]);
  return Object.fromEntries(rounded) as Record<string, number>;
}
