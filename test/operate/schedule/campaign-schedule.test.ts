import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeEach, expect, inject, test } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { applyDefinition } from "../../../src/operate/campaign/apply.ts";
import {
  listSchedules,
  resyncSchedules,
  scheduleCampaign,
  setSchedule,
  syncSchedules,
} from "../../../src/operate/schedule/campaign-schedule.ts";
import { stopRun } from "../../../src/operate/run/pause.ts";
import { createLaunching } from "../../../src/operate/schedule/scheduled-launch.ts";
import { minuteOf, setClock } from "../../../src/store/clock.ts";
import { openTemporal } from "../../../src/temporal/client.ts";
import { describeSchedule } from "../../../src/temporal/schedule.ts";
import { testSchema } from "../../support/schema.ts";
import { openServer } from "../../workflows/server.ts";

const { db, schema } = await testSchema();
const START = new Date("2026-04-01T01:00:00Z");
const time = (iso: string) => new Date(iso);
const { launchDue } = createLaunching({ db, reach: "inbox" });
const MONTHLY = { at: "10:00", day: 1 };

async function apply(id: string, schedule: Record<string, unknown>, more: Record<string, unknown> = {}) {
  const journey = [{ id: "hello", send: { channel: "email", template: "invite" } }];
  const audience = { segment: "never-bought", reentry: "P1D" };
  const name = { en: id, "zh-CN": id };
  await applyDefinition(db, "rules", id, { id, name, trigger: { schedule }, audience, journey, ...more }, "me");
}
/** a clock that goes on from there */
const at = (moment: Date) => setClock(db, moment, 1);
const outcomes = async (id: string) =>
  (await listSchedules(db))
    .find((schedule) => schedule.campaign === id)!
    .launches.map(({ outcome, run, reason }) => run ?? `${outcome}${reason ? `: ${reason.en}` : ""}`);

beforeEach(async () => {
  await at(START);
  await sql`insert into customers (customer_id, created_at) values ('C1', ${START}) on conflict do nothing`.execute(db);
});

test("a launch that is due happens once, whoever asks and how often", async () => {
  await apply("monthly", MONTHLY);
  const { cron, timezone } = await scheduleCampaign(db, { campaign: "monthly", reach: "inbox" });
  expect([cron, timezone]).toEqual(["0 10 1 * *", "Asia/Shanghai"]);
  expect((await listSchedules(db))[0]).toMatchObject({ next: time("2026-04-01T02:00:00Z"), launches: [], missed: [] });
  const due = time("2026-04-01T02:00:00Z");
  await at(due);
  await Promise.all([1, 2, 3].map(() => launchDue("monthly", minuteOf(due))));
  expect(await outcomes("monthly")).toEqual(["monthly-1"]);
  await setSchedule(db, "monthly", "off");
  await stopRun(db, "monthly-1");
});

test("while the run before is under way a launch is left out, waits, or happens, as the campaign says", async () => {
  const [first, second, third] = ["2026-05-01T02:00:00Z", "2026-06-01T02:00:00Z", "2026-07-01T02:00:00Z"].map(time);
  for (const overlap of ["skip", "queue", "parallel"]) {
    const id = `overlap-${overlap}`;
    await at(START);
    await apply(id, { ...MONTHLY, overlap });
    await scheduleCampaign(db, { campaign: id, reach: "inbox" });
    const waits: number[] = [];
    for (const due of [first!, second!, third!]) {
      await at(due);
      waits.push((await launchDue(id, minuteOf(due))).waitMinutes > 0 ? 1 : 0);
      await sql`update enrolments set status = 'ended', ended_at = ${due} where campaign = ${id}`.execute(db);
    }
    if (overlap === "queue") {
      expect(waits).toEqual([0, 1, 0]);
      await stopRun(db, `${id}-1`);
      expect((await launchDue(id, minuteOf(second!))).waitMinutes).toBe(0);
    } else expect(waits).toEqual([0, 0, 0]);
  }
  expect(await outcomes("overlap-skip")).toEqual([
    "overlap-skip-1",
    "skipped: the run before was under way",
    "skipped: the run before was under way",
  ]);
  expect(await outcomes("overlap-queue")).toEqual([
    "overlap-queue-1",
    "overlap-queue-2",
    "skipped: another launch was waiting already",
  ]);
  expect(await outcomes("overlap-parallel")).toEqual([
    "overlap-parallel-1",
    "overlap-parallel-2",
    "overlap-parallel-3",
  ]);
});

test("times for which it is too late are told, those of a pause are not", async () => {
  await apply("daily", { at: "10:00", catchUp: "PT2H" });
  await scheduleCampaign(db, { campaign: "daily", reach: "inbox" });
  const missed = async (now: string) => {
    await at(time(now));
    const [state] = (await listSchedules(db)).filter((schedule) => schedule.campaign === "daily");
    return state!.missed.map((due) => due.toISOString().slice(0, 13));
  };
  expect(await missed("2026-04-01T03:59:00Z")).toEqual([]);
  expect(await missed("2026-04-03T04:01:00Z")).toEqual(["2026-04-01T02", "2026-04-02T02", "2026-04-03T02"]);
  await setSchedule(db, "daily", "paused");
  expect(await missed("2026-04-10T04:01:00Z")).toEqual([]);
  await setSchedule(db, "daily", "on");
  expect(await missed("2026-04-11T04:01:00Z")).toEqual(["2026-04-11T02"]);
  // applied anew with other times, it is reckoned by those
  await apply("daily", { at: "11:30", catchUp: "PT2H" });
  expect(await missed("2026-04-12T06:00:00Z")).toEqual(["2026-04-12T03"]);
  await apply("daily", MONTHLY, { trigger: { manual: true } });
  expect((await listSchedules(db)).map((schedule) => schedule.campaign)).not.toContain("daily");
});

test("real people are written to only with a yes, which is asked once and kept; what refuses a launch is told", async () => {
  await apply("real", MONTHLY);
  const ask = { campaign: "real", reach: "everybody" } as const;
  await expect(scheduleCampaign(db, ask)).rejects.toThrow("say --yes");
  await scheduleCampaign(db, { ...ask, confirmedBy: "li" });
  const launching = createLaunching({ db, reach: "everybody" });
  await launching.launchDue("real", minuteOf(time("2026-05-01T02:00:00Z")));
  await stopRun(db, "real-1");
  // scheduled while mail could reach nobody, which has changed since
  await scheduleCampaign(db, { campaign: "real", reach: "inbox" });
  await sql`update enrolments set entered_at = entered_at - interval '9 days' where campaign = 'real'`.execute(db);
  await launching.launchDue("real", minuteOf(time("2026-06-01T02:00:00Z")));
  expect(await outcomes("real")).toEqual(["real-1", expect.stringMatching(/^refused: this would write to \d+ real/)]);
  await expect(scheduleCampaign(db, { campaign: "overlap-skip", reach: "inbox" })).resolves.toMatchObject({
    wanted: "on",
  });
  await apply("by-hand", MONTHLY, { trigger: { manual: true } });
  await expect(scheduleCampaign(db, { campaign: "by-hand", reach: "inbox" })).rejects.toThrow("no schedule");
  await setClock(db, START, 0);
  await expect(scheduleCampaign(db, { campaign: "real", reach: "inbox" })).rejects.toThrow("by hand");
});

test("a worker has Temporal launch at the times that the rows say", { timeout: 300_000 }, async () => {
  const config = { ...readConfig({ REKINDLE_SCHEMA: schema }), temporalAddress: inject("temporalAddress") };
  const server = await openServer(config.temporalAddress);
  const temporal = await openTemporal(config);
  afterAll(async () => {
    await temporal.close();
    await server.close();
  });
  await setClock(db, new Date(), 1);
  const id = `real-${randomBytes(3).toString("hex")}`;
  const scheduleId = `${schema}/launch/${id}`;
  await apply(id, { cron: "30 2 29 2 *", timezone: "Europe/Berlin" });
  await scheduleCampaign(db, { campaign: id, reach: "inbox" });
  await syncSchedules(db, temporal, schema);
  const [state] = (await listSchedules(db)).filter((schedule) => schedule.campaign === id);
  expect((await describeSchedule(temporal, scheduleId))!.nextAt).toEqual(state!.next ?? time("2028-02-29T01:30:00Z"));

  await setSchedule(db, id, "paused");
  await syncSchedules(db, temporal, schema);
  expect(await describeSchedule(temporal, scheduleId)).toBeUndefined();
  await setSchedule(db, id, "on");
  await resyncSchedules(db);
  await syncSchedules(db, temporal, schema);

  const worker = await server.worker(temporal.taskQueue, createLaunching({ db, reach: "inbox" }));
  await worker.runUntil(async () => {
    await temporal.client.schedule.getHandle(scheduleId).trigger();
    await expect.poll(() => outcomes(id), { timeout: 90_000 }).toEqual([`${id}-1`]);
  });
  await sql`update campaign_schedules set wanted = 'off', known = false`.execute(db);
  await syncSchedules(db, temporal, schema);
  expect(await describeSchedule(temporal, scheduleId)).toBeUndefined();
});
