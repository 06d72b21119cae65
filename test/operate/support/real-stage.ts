import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, inject } from "vitest";
import { createActivities } from "../../../activities/index.ts";
import { createRunActivities } from "../../../activities/run.ts";
import { applyDefinition } from "../../../src/operate/campaign/apply.ts";
import { nextDueMinute, stepClock, stir } from "../../../src/operate/clock.ts";
import { openLines } from "../../../src/operate/run/line.ts";
import { launch } from "../../../src/operate/run/launch.ts";
import { minuteOf, now, setClock } from "../../../src/store/clock.ts";
import { cohortWorkflowId, runWorkflowId, type Temporal } from "../../../src/temporal/client.ts";
import { dispatchStimuli } from "../../../src/temporal/dispatch.ts";
import { startOpened, startRuns } from "../../../src/temporal/start.ts";
import { testSchema } from "../../support/schema.ts";
import { openServer, type Server } from "../../workflows/server.ts";

export const LAUNCH = new Date("2026-04-01T02:00:00Z");
const DAY = 1440;

/** Real parts, a worker of the test's own, and a clock that is stepped; customers "NAME-0", "NAME-1", … on a list of that name. Mail is accepted as soon as it is due. */
export async function realStage(names: string[], size: number, coupons: { id: string }[] = []) {
  const { db, schema } = await testSchema();
  const lines = openLines(db);
  const temporal = { taskQueue: `stage-${schema}`, close: async () => undefined } as unknown as Temporal;
  let server: Server;
  let rules: string;
  let stopWorker: () => Promise<void>;

  beforeAll(async () => {
    await setClock(db, LAUNCH, 0);
    server = await openServer(inject("temporalAddress"));
    temporal.client = server.client;
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
    for (const coupon of coupons) await writeFile(join(rules, "coupons", `${coupon.id}.json`), JSON.stringify(coupon));
    for (const name of names) {
      const ids = Array.from({ length: size }, (_, i) => `${name}-${i}`);
      await writeFile(join(rules, "lists", `${name}.txt`), ids.join("\n"));
      await sql`insert into customers (customer_id, created_at) select unnest(${ids}::text[]), ${LAUNCH}`.execute(db);
    }
    await sql`
      insert into contacts (customer, kind, value, created_at)
      select id, 'email', customer_id || '@customers.example', ${LAUNCH} from customers`.execute(db);
    await sql`
      insert into consents (customer, channel, granted, source, at)
      select id, 'email', true, 'test', ${LAUNCH} from customers`.execute(db);
  });
  afterAll(async () => {
    await stopWorker?.();
    await server?.close();
    await rm(join(rules, ".."), { recursive: true });
  });

  async function apply(definition: { id: string }) {
    return applyDefinition(db, rules, definition.id, definition, "me");
  }

  /** Applies and launches. @returns the run */
  async function started(definition: { id: string }, set: Record<string, string> = {}): Promise<string> {
    await apply(definition);
    return (await launch(db, { campaign: definition.id, reach: "inbox", confirmed: true, acceptStale: true, set })).run;
  }

  /** Until nothing moves any more. */
  async function quiet(): Promise<void> {
    for (;;) {
      await startRuns(db, temporal, schema);
      await lines.look();
      await startOpened(db, temporal, schema);
      await dispatchStimuli(db, temporal, schema);
      await sql`update messages set status = 'accepted' where status = 'pending'`.execute(db);
      const { stimuli, cohorts, runs, webhooks, lines: due } = await stir(db);
      if (stimuli + cohorts + runs + webhooks + due === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Lets time run to so many days after the launch. */
  async function until(day: number): Promise<void> {
    const target = minuteOf(LAUNCH) + day * DAY;
    for (;;) {
      await quiet();
      const due = Math.min((await nextDueMinute(db)) ?? Infinity, target);
      if (due > minuteOf(await now(db))) await stepClock(db, due);
      if (due === target) return quiet();
    }
  }

  /** All that Temporal knows of a run is gone. */
  async function lose(run: string): Promise<void> {
    const { rows } = await sql<{ cohort: number }>`select cohort from cohorts where run = ${run}`.execute(db);
    const ids = [runWorkflowId(schema, run), ...rows.map(({ cohort }) => cohortWorkflowId(schema, run, cohort))];
    for (const id of ids) {
      await server.client.workflow
        .getHandle(id)
        .terminate("lost")
        .catch(() => undefined);
    }
  }

  return { db, schema, temporal, apply, started, quiet, until, lose };
}
