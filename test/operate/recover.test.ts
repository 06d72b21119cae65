import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createActivities } from "../../activities/index.ts";
import { createRunActivities } from "../../activities/run.ts";
import { applyDefinition } from "../../src/operate/apply.ts";
import { nextDueMinute, stepClock, stir } from "../../src/operate/clock.ts";
import { launch } from "../../src/operate/launch.ts";
import { pauseRun, resumeRun } from "../../src/operate/pause.ts";
import { recoverRun, unfinishedRuns } from "../../src/operate/recover.ts";
import { minuteOf, now, setClock } from "../../src/store/clock.ts";
import { cohortWorkflowId, runWorkflowId, type Temporal } from "../../src/temporal/client.ts";
import { dispatchStimuli } from "../../src/temporal/dispatch.ts";
import { startRuns } from "../../src/temporal/start.ts";
import { event, happen } from "../intake/world.ts";
import { testSchema } from "../support/schema.ts";
import { openServer, type Server } from "../workflows/server.ts";

const { db, schema } = await testSchema();
const LAUNCH = new Date("2026-04-01T02:00:00Z");
const DAY = 1440;
const MEMBERS = 12;
let server: Server;
let temporal: Temporal;
let rules: string;
let stopWorker: () => Promise<void>;

beforeAll(async () => {
  await setClock(db, LAUNCH, 0);
  server = await openServer(inject("temporalAddress"));
  temporal = { client: server.client, taskQueue: `recover-${schema}`, close: async () => undefined };
  const worker = await server.worker(temporal.taskQueue, {
    ...createActivities({ db, channels: ["email"], wake: () => undefined }),
    ...createRunActivities({ db, temporal, schema }),
  });
  const running = worker.run();
  stopWorker = async () => {
    worker.shutdown();
    await running;
  };
  rules = join(await mkdtemp(join(tmpdir(), "rules ")), "rules");
  await cp("rules", rules, { recursive: true });
  await mkdir(join(rules, "lists"), { recursive: true });
  for (const name of ["calm", "stormy"]) {
    const ids = Array.from({ length: MEMBERS }, (_, i) => `${name}-${i}`);
    await writeFile(join(rules, "lists", `${name}.txt`), ids.join("\n"));
    await sql`insert into customers (customer_id, created_at) select unnest(${ids}::text[]), ${LAUNCH}`.execute(db);
  }
  await sql`
    insert into contacts (customer, kind, value, created_at)
    select id, 'email', customer_id || '@customers.example', ${LAUNCH} from customers`.execute(db);
  await sql`insert into consents (customer, channel, granted, source, at) select id, 'email', true, 'test', ${LAUNCH} from customers`.execute(
    db,
  );
});
afterAll(async () => {
  await stopWorker?.();
  await server?.close();
  await rm(join(rules, ".."), { recursive: true });
});

const campaign = (name: string) => ({
  id: name,
  name: { en: name, "zh-CN": name },
  audience: { list: name },
  goal: { convert: { event: "enquiry", within: "P30D" }, onConvert: "exit" },
  journey: [
    { id: "ready", wait: { for: "P1D" } },
    { id: "invite", send: { channel: "email", template: "invite" } },
    { id: "days", challenge: { days: 3, event: "check_in", at: "09:00", template: "day" } },
    {
      id: "order",
      waitFor: {
        event: "order.paid",
        within: "P5D",
        then: [{ id: "thanks", send: { channel: "email", template: "offer", kind: "service" } }],
        timeout: [{ id: "last", send: { channel: "email", template: "last-call" } }],
      },
    },
  ],
});

async function started(name: string): Promise<string> {
  await applyDefinition(db, rules, name, campaign(name), "me");
  return (await launch(db, { campaign: name, reach: "inbox", confirmed: true, acceptStale: true })).run;
}

/** Until nothing moves any more. */
async function quiet(): Promise<void> {
  for (;;) {
    await startRuns(db, temporal, schema);
    await dispatchStimuli(db, temporal, schema);
    const { stimuli, cohorts, runs } = await stir(db);
    if (stimuli + cohorts + runs === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Lets time run to so many days after the launch. */
async function until(day: number): Promise<void> {
  const target = minuteOf(LAUNCH) + day * DAY;
  for (;;) {
    await quiet();
    await sql`update messages set status = 'accepted' where status = 'pending'`.execute(db);
    const due = Math.min((await nextDueMinute(db)) ?? Infinity, target);
    if (due > minuteOf(await now(db))) await stepClock(db, due);
    if (due === target) return quiet();
  }
}

/** The same happens to some of both runs. */
async function both(
  type: string,
  who: number[],
  data: (id: string) => Record<string, unknown> = () => ({}),
): Promise<void> {
  for (const name of ["calm", "stormy"]) {
    for (const i of who) await happen(db, event(type, `${name}-${i}`, data(`${name}-${i}`)));
  }
}

/** All that Temporal knows of a run is gone. */
async function lose(run: string): Promise<void> {
  const { rows } = await sql<{ cohort: number }>`select cohort from cohorts where run = ${run}`.execute(db);
  const ids = [runWorkflowId(schema, run), ...rows.map(({ cohort }) => cohortWorkflowId(schema, run, cohort))];
  for (const id of ids)
    await server.client.workflow
      .getHandle(id)
      .terminate("lost")
      .catch(() => undefined);
}

async function lived(run: string) {
  const { rows } = await sql`
    select e.number, l.step, l.occurrence, l.attempt, l.outcome, l.value, l.at, e.status, e.ended_reason as why
    from enrolments e join ledger l on l.enrolment = e.id
    where e.run = ${run} order by e.number, l.at, l.step, l.occurrence, l.attempt`.execute(db);
  return rows;
}

test(
  "a run whose workflows are lost again and again ends as one that nothing happened to",
  { timeout: 120_000 },
  async () => {
    const [calm, stormy] = [await started("calm"), await started("stormy")];
    const storm = async () => {
      await lose(stormy);
      // what is said while nobody is there must not be lost either
      await dispatchStimuli(db, temporal, schema);
      return recoverRun(db, temporal, schema, stormy);
    };
    await until(0.5);
    expect(await storm()).toEqual({ run: stormy, restarted: 1, running: 0, members: MEMBERS, runRestarted: true });
    await until(2);
    // its workflows run: nothing is to be done
    expect(await recoverRun(db, temporal, schema, stormy)).toMatchObject({
      restarted: 0,
      running: 1,
      runRestarted: false,
    });
    await both("check_in", [0, 1, 2, 3]);
    await until(2.2);
    await lose(stormy);
    await both("enquiry", [0, 1]);
    await storm();
    for (const run of [calm, stormy]) await pauseRun(db, run);
    await until(2.4);
    await storm();
    await until(3);
    for (const run of [calm, stormy]) await resumeRun(db, run);
    await until(5.5);
    await both("order.paid", [2, 4, 5], (id) => ({ order_id: `O-${id}`, amount: 10 }));
    await storm();
    await until(7);
    await both("order.paid", [6], (id) => ({ order_id: `O-${id}`, amount: 10 }));
    await until(12);

    const trace = await lived(calm);
    expect(trace.length).toBeGreaterThan(MEMBERS * 5);
    expect(await lived(stormy)).toEqual(trace);
    const { rows } = await sql`
    select run, count(*)::int as messages, count(distinct (enrolment, step, occurrence))::int as distinct from messages group by run order by run`.execute(
      db,
    );
    expect(rows).toMatchObject([{ run: calm }, { run: stormy, messages: (rows[0] as { messages: number }).messages }]);
    const live =
      await sql`select count(*)::int as live from enrolments where status = 'live' and arm = 'treatment'`.execute(db);
    expect(live.rows).toEqual([{ live: 0 }]);
    expect(await unfinishedRuns(db)).toEqual([calm, stormy]);
    await expect(recoverRun(db, temporal, schema, "no-such")).rejects.toThrow("no such run");
  },
);
