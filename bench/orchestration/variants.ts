import { sql } from "kysely";
import type { Home } from "../../src/campaign/library.ts";
import type { CompiledCampaign } from "../../src/operate/campaign/apply.ts";
import { minuteOf, now } from "../../src/store/clock.ts";
import { cohortWorkflowId, runWorkflowId, type Temporal } from "../../src/temporal/client.ts";
import { type Base, enrol } from "../enrolled.ts";
import { Clock } from "./clock.ts";
import { boughtSignal, type CustomerInput } from "./customer.ts";
import { type Counted, countHistories } from "./histories.ts";
import { People } from "./people.ts";
import { daysOf, type Played, playCohorts, playCustomers } from "./stage.ts";
import { benchWorker, type Connected } from "./worker.ts";

export interface Surroundings {
  databaseUrl: string;
  temporal: Temporal;
  connected: Connected;
  home: Home;
  /** begins names in the Temporal server and the database */
  prefix: string;
}

export interface Measured extends Counted, Rows {
  enrolments: number;
  seconds: number;
  /** of the seconds: reacting to check-ins, the same work in every variant */
  checkInSeconds: number;
  actionsEach: number;
  bytesEach: number;
  perSecond: number;
}

/** What was decided and stored, to see that all variants did the same. */
interface Rows {
  decisions: number;
  messages: number;
  checkIns: number;
  conversions: number;
}

export type Variant = (around: Surroundings, compiled: CompiledCampaign, enrolments: number) => Promise<Measured>;

/** The product: a run workflow and cohorts of at most so many members. */
export function cohortsOf(size: number): Variant {
  return async (around, compiled, enrolments) => {
    const { temporal, prefix } = around;
    const base = await enrol(around.databaseUrl, `${prefix}_${size}`, compiled, enrolments, size);
    const { schema, run } = base;
    const cohorts = Array.from({ length: await cohortsIn(base) }, (_, i) => cohortWorkflowId(schema, run, i));
    const id = runWorkflowId(schema, run);
    const stage = { around, compiled, base, cohorts, enrolments, others: [id] };
    return measure(stage, (people, clock) => playCohorts(base, temporal, compiled.program, people, clock), {
      async start(taskQueue) {
        await temporal.client.workflow.start("campaignRun", { workflowId: id, taskQueue, args: [{ run }] });
        // cohorts are started by the run, a few at a time
        while (!(await allStarted(base))) await pause(20);
      },
    });
  };
}

/** A workflow per customer, as it is usually written. */
export const perCustomer: Variant = async (around, compiled, enrolments) => {
  const { temporal, prefix } = around;
  const base = await enrol(around.databaseUrl, `${prefix}_customers`, compiled, enrolments, 1);
  const workflowId = (member: number) => `${base.schema}/customer/${member}`;
  const members = Array.from({ length: enrolments }, (_, member) => member);
  const stage = { around, compiled, base, cohorts: members.map(workflowId), enrolments, others: [] };
  const signal = (member: number) => temporal.client.workflow.getHandle(workflowId(member)).signal(boughtSignal);
  const play = (people: People, clock: Clock) => playCustomers(base, temporal, compiled.program, people, clock, signal);
  return measure(stage, play, {
    async start(taskQueue) {
      const input = (member: number): CustomerInput => ({
        member,
        days: daysOf(compiled.program),
        at: 540,
        remindAt: 1200,
      });
      await Promise.all(
        members.map((member) =>
          temporal.client.workflow.start("customer", {
            workflowId: workflowId(member),
            taskQueue,
            args: [input(member)],
          }),
        ),
      );
    },
  });
};

interface Stage {
  around: Surroundings;
  compiled: CompiledCampaign;
  base: Base;
  /** workflows that end with their members */
  cohorts: string[];
  others: string[];
  enrolments: number;
}

async function measure(
  { around, compiled, base, cohorts, others, enrolments }: Stage,
  play: (people: People, clock: Clock) => Played,
  { start }: { start(taskQueue: string): Promise<void> },
): Promise<Measured> {
  const { client } = around.temporal;
  const people = new People(base, around.home, daysOf(compiled.program));
  const clock = new Clock(base.db, cohorts, minuteOf(await now(base.db)));
  const played = play(people, clock);
  const { taskQueue } = around.temporal;
  const worker = await benchWorker(around.connected, taskQueue, played.activities);
  return worker.runUntil(async () => {
    const began = performance.now();
    await start(taskQueue);
    await Promise.all(cohorts.map((id) => client.workflow.getHandle(id).result()));
    const seconds = (performance.now() - began) / 1000;
    await played.stop();
    for (const id of others) await client.workflow.getHandle(id).terminate("measured");
    const counted = await countHistories(client.workflow, [...cohorts, ...others]);
    const rows = await rowsOf(base);
    await base.close();
    return {
      ...counted,
      ...rows,
      enrolments,
      seconds,
      checkInSeconds: people.reactedMs / 1000,
      actionsEach: counted.actions / enrolments,
      bytesEach: counted.bytes / enrolments,
      perSecond: enrolments / seconds,
    };
  });
}

async function cohortsIn({ db, run }: Base): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from cohorts where run = ${run}`.execute(db);
  return rows[0]!.n;
}

async function allStarted({ db, run }: Base): Promise<boolean> {
  const { rows } = await sql<{ left: boolean }>`
    select exists (select from cohorts where run = ${run} and status = 'starting') as left`.execute(db);
  return !rows[0]!.left;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function rowsOf({ db }: Base): Promise<Rows> {
  const { rows } = await sql<Rows>`
    select (select count(*) from ledger) as decisions, (select count(*) from messages) as messages,
           (select count(*) from check_ins) as "checkIns", (select count(*) from conversions) as conversions`.execute(
    db,
  );
  return rows[0]!;
}
