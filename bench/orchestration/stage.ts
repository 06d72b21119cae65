import { sql } from "kysely";
import { createActivities } from "../../activities/index.ts";
import { createRunActivities } from "../../activities/run.ts";
import { toUtc } from "../../src/campaign/calendar.ts";
import { challengeDay } from "../../src/campaign/decide/challenge.ts";
import type { Program } from "../../src/campaign/program.ts";
import { minuteOf, now, timeOf } from "../../src/store/clock.ts";
import { cohortWorkflowId, type Temporal } from "../../src/temporal/client.ts";
import { dispatchStimuli } from "../../src/temporal/dispatch.ts";
import { lookAtRun } from "../../src/temporal/start.ts";
import { zoneAround } from "../../src/store/zone.ts";
import type { Batch, CohortActivities, Completed } from "../../workflows/contract.ts";
import type { Base } from "../enrolled.ts";
import type { Clock } from "./clock.ts";
import type { CustomerActivities } from "./customer.ts";
import type { People } from "./people.ts";

export interface Played {
  activities: object;
  /** lets the database's clock follow, and sends what is to be sent, until stopped */
  stop(): Promise<void>;
}

const LOCALE = "en";

/** Every op is the product's own transaction; around it, customers do what they do. */
function acting(program: Program, people: People, act: CohortActivities["act"]) {
  return async (batch: Batch): Promise<{ completed: Completed[]; bought: number[] }> => {
    const op = program.code.instructions[batch.pc];
    const name = op?.do === "op" ? op.step : "";
    const step = program.steps[name];
    const reminder = step?.kind === "send" && step.challenge !== undefined && step.unlessCheckedIn;
    const day = reminder ? challengeDay(batch.occurrence, daysOf(program)) : undefined;
    const bought = day === undefined ? [] : await people.buy(batch, day, timeOf(batch.due));
    const completed = await act(batch);
    if (step?.kind === "challengeOpen") await people.checkIn(batch);
    return { completed, bought };
  };
}

export function daysOf(program: Program): number {
  for (const step of Object.values(program.steps)) if (step.kind === "challengeOpen") return step.days;
  throw new Error("the bench's campaigns have a challenge");
}

function parts(base: Base, temporal: Temporal) {
  return createActivities({
    db: base.db,
    channels: ["email"],
    wake: () => undefined,
    locale: LOCALE,
    onLastCohort: (run) => lookAtRun(temporal, base.schema, run),
  });
}

/** Cohorts, of whatever size, with the dispatcher that signals them. */
export function playCohorts(base: Base, temporal: Temporal, program: Program, people: People, clock: Clock): Played {
  const { schema, run } = base;
  const product = parts(base, temporal);
  const act = acting(program, people, product.act);
  const workflow = (cohort: number) => cohortWorkflowId(schema, run, cohort);
  const activities = {
    ...product,
    ...createRunActivities({ db: base.db, temporal, schema, locale: LOCALE }),
    act: async (batch: Batch) => {
      clock.reach(workflow(batch.cohort), batch.due);
      return (await act(batch)).completed;
    },
    endCohort: async (id: string, cohort: number) => {
      clock.end(workflow(cohort));
      await product.endCohort(id, cohort);
    },
  };
  return {
    activities,
    stop: repeating(async () => {
      await clock.follow();
      while (await dispatchStimuli(base.db, temporal, schema));
    }),
  };
}

/** The same effects for one customer at a time, and a signal to the workflow of each who buys. */
export function playCustomers(
  base: Base,
  temporal: Temporal,
  program: Program,
  people: People,
  clock: Clock,
  signal: (member: number) => Promise<void>,
): Played {
  const act = acting(program, people, parts(base, temporal).act);
  const one = async (step: string, member: number, occurrence: number, due: number) => {
    clock.reach(String(member), due);
    const pc = program.code.instructions.findIndex((each) => each.do === "op" && each.step === step);
    const { run, hash } = base;
    const batch = { run, cohort: member, program: hash, pc, occurrence, attempt: 1, epoch: 0, due, members: [0] };
    const { completed, bought } = await act(batch);
    if (bought.length > 0) await signal(member);
    return completed[0]!;
  };
  const minute = (ms: number) => minuteOf(new Date(ms));
  const activities: CustomerActivities = {
    async openChallenge(member) {
      const { value } = await one("days/open", member, 1, minuteOf(await now(base.db)));
      const zone = zoneAround(await zoneOf(base, member), value! * 1440);
      return toUtc(zone, value!, 0) * 60_000;
    },
    sendDay: async (member, day, due) => void (await one("days/day", member, day, minute(due))),
    remind: async (member, day, due) => void (await one("days/reminder", member, day, minute(due))),
    closeChallenge: async (member, due) => void (await one("days/close", member, 1, minute(due))),
  };
  return { activities: { ...activities }, stop: repeating(() => clock.follow()) };
}

/** Does it again and again with short breaks. @returns stops it */
function repeating(work: () => Promise<unknown>): () => Promise<void> {
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      await work();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  return async () => {
    stopped = true;
    await loop;
  };
}

async function zoneOf({ db, run }: Base, cohort: number): Promise<string> {
  const { rows } = await sql<{ zone: string }>`
    select zone from cohorts where run = ${run} and cohort = ${cohort}`.execute(db);
  return rows[0]!.zone;
}
