import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { statusText } from "../../../src/cli/data/status-text.ts";
import { read } from "../../../src/campaign/definition/faults.ts";
import { homeDefinition } from "../../../src/campaign/definition/library/home.ts";
import { readConfig } from "../../../src/config.ts";
import { dataStatus } from "../../../src/operate/data-status.ts";
import { createMaintenance } from "../../../src/operate/schedule/maintenance.ts";
import { ensureSchedules, refreshNextTime, type Scheduling } from "../../../src/operate/schedule/schedules.ts";
import { now, setClock } from "../../../src/store/clock.ts";
import { loadMaintenance, type Upkeep } from "../../../src/store/maintenance.ts";
import { openTemporal } from "../../../src/temporal/client.ts";
import { removeSchedule } from "../../../src/temporal/schedule.ts";
import { testSchema } from "../../support/schema.ts";
import { openServer, type Server } from "../../workflows/server.ts";
import { copyOfRules } from "../support/rules.ts";

const { db, schema } = await testSchema();
const home = { timezone: "Asia/Shanghai" };
let server: Server;
let scheduling: Scheduling & { temporal: { close(): Promise<void> } };

beforeAll(async () => {
  server = await openServer(inject("temporalAddress"));
  const config = readConfig({ TEMPORAL_ADDRESS: inject("temporalAddress"), REKINDLE_SCHEMA: schema });
  scheduling = { db, temporal: await openTemporal(config), schema, home };
  await sql`insert into customers (customer_id, created_at) select 'c' || n, ${await now(db)} from generate_series(1, 4) as n`.execute(
    db,
  );
});
afterAll(async () => {
  for (const what of ["score", "segments"]) await removeSchedule(scheduling.temporal, `${schema}/${what}`);
  await scheduling.temporal.close();
  await server.close();
});

const upkeep = async (what: Upkeep) => (await loadMaintenance(db)).find((each) => each.what === what)!;
const scheduled = (what: Upkeep) => scheduling.temporal.client.schedule.getHandle(`${schema}/${what}`);
const rulesFolder = fileURLToPath(new URL("../../../rules", import.meta.url));

test("a worker that starts plans scores and looks, as the home says, and says when they are due", async () => {
  await ensureSchedules(scheduling);
  await ensureSchedules(scheduling);
  expect(await upkeep("score")).toMatchObject({ cron: "30 2 * * *", timezone: "Asia/Shanghai", beganAt: null });
  // 02:30 in Shanghai
  expect((await upkeep("score")).nextAt!.toISOString()).toMatch(/T18:30:00/);

  await ensureSchedules({ ...scheduling, home: { ...home, schedules: { score: "off", segments: "15 4 * * *" } } });
  expect(await upkeep("score")).toMatchObject({ cron: null, nextAt: null });
  await expect(scheduled("score").describe()).rejects.toThrow();
  expect((await upkeep("segments")).nextAt!.toISOString()).toMatch(/T20:15:00/);
});

test("a stepped clock has no upkeep", async () => {
  const at = await now(db);
  await setClock(db, at, 0);
  await ensureSchedules(scheduling);
  for (const what of ["score", "segments"] as const) await expect(scheduled(what).describe()).rejects.toThrow();
  await createMaintenance({ db, rules: rulesFolder }).scoreCustomers();
  expect((await sql`select 1 from score_runs`.execute(db)).rows).toEqual([]);
  await setClock(db, at, 1);
});

test("when it is due everybody is scored, then segments are looked at, and data status says so", async () => {
  await ensureSchedules(scheduling);
  const onEnd = (what: Upkeep) => refreshNextTime(scheduling, what);
  const worker = await server.worker(
    scheduling.temporal.taskQueue,
    createMaintenance({ db, rules: rulesFolder, onEnd }),
  );
  await worker.runUntil(async () => {
    await scheduled("score").trigger();
    await expect.poll(async () => (await upkeep("segments"))?.outcome, { timeout: 90_000 }).toBe("done");
  });
  expect(await upkeep("score")).toMatchObject({ outcome: "done", note: "buyers=0 tiers-changed=0 stages-changed=0" });
  expect((await sql<{ n: number }>`select count(*) as n from customer_scores`.execute(db)).rows[0]!.n).toBe(4);
  const looked = await sql<{
    n: number;
  }>`select members as n from segment_looks where segment = 'never-bought'`.execute(db);
  expect(looked.rows).toEqual([{ n: 4 }]);
  const status = await dataStatus(db);
  expect(statusText(status, "en")).toMatch(
    /scores, by schedule: 30 2 \* \* \* \(Asia\/Shanghai\); last .*Z: done, buyers=0/,
  );
  expect(statusText(status, "zh-CN")).toMatch(/定时查看分群: .*上次 .*Z: 完成, segments=\d+ .*下次/);
});

test("changes of segments that campaigns acted on long ago are forgotten, those that wait are not", async () => {
  const at = (await now(db)).getTime();
  for (const taken of [null, 10, 40]) {
    await sql`
      insert into segment_changes (segment, customer, way, at, taken_at)
      select 'old', min(id), 'in', ${new Date(at - 50 * 86_400_000)}, ${taken === null ? null : new Date(at - taken * 86_400_000)}
      from customers`.execute(db);
  }
  await createMaintenance({ db, rules: rulesFolder }).lookAtSegments();
  const { rows } = await sql<{ waits: boolean }>`
    select taken_at is null as waits from segment_changes where segment = 'old' order by id`.execute(db);
  expect(rows).toEqual([{ waits: true }, { waits: false }]);
});

test("rules with faults are told and not tried again", async () => {
  const rules = await copyOfRules();
  await rules.edit("tiers.json", "orders.sum_365d", "orders.summ_365d");
  await createMaintenance({ db, rules: rules.dir }).scoreCustomers();
  expect(await upkeep("score")).toMatchObject({ outcome: "failed", note: "rules" });
  expect(statusText(await dataStatus(db), "en")).toContain("failed, rules have faults: rekindle validate");
});

test.each(["docs/operating.md", "docs/operating.zh-CN.md"])(
  "what %s shows is what is understood, and what is wrong is said",
  (page) => {
    const [, shown] = /```json home\n([^`]+)```/.exec(readFileSync(page, "utf8"))!;
    const { value, faults } = read(homeDefinition, JSON.parse(shown!));
    expect(faults).toEqual([]);
    expect(value!.keep).toEqual({ visitors: { days: 30, minutes: 0 } });
    expect(value!.schedules).toEqual({ score: "0 5 * * *", segments: "off" });
    const wrong = read(homeDefinition, {
      ...value,
      keep: { visitors: "P1M" },
      schedules: { score: "0 25 * * *", segments: "hourly" },
    }).faults;
    expect(wrong.map(({ pointer, message }) => `${pointer}: ${message.en}`)).toEqual([
      '/schedules/score: hour "25" must be numbers from 0 to 23, ranges, or *',
      '/schedules/segments: "hourly" must have five fields',
      '/keep/visitors: "P1M" has no single length: months and years differ',
    ]);
  },
);
