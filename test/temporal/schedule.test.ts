import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { openTemporal, type Temporal } from "../../src/temporal/client.ts";
import { describeSchedule, ensureSchedule, type Plan, removeSchedule } from "../../src/temporal/schedule.ts";

const schema = `t_${randomBytes(6).toString("hex")}`;
const plan: Plan = {
  id: `${schema}/yearly`,
  cron: "30 2 29 2 *",
  timezone: "Asia/Shanghai",
  workflow: "nothing",
  args: [{ what: "score" }],
  overlap: "skip",
  catchupWindow: "2 hours",
};
let temporal: Temporal;

beforeAll(async () => {
  const config = readConfig({ TEMPORAL_ADDRESS: inject("temporalAddress"), REKINDLE_SCHEMA: schema });
  temporal = await openTemporal(config);
});
afterAll(async () => {
  await removeSchedule(temporal, plan.id);
  await temporal.close();
});

test("a schedule is made once, left alone when it is as planned, and changed when the plan is", async () => {
  expect(await describeSchedule(temporal, plan.id)).toBeUndefined();
  // two workers that start at once
  const made = await Promise.all([ensureSchedule(temporal, plan), ensureSchedule(temporal, plan)]);
  expect(made.toSorted()).toEqual(["created", "same"]);
  expect(await ensureSchedule(temporal, plan)).toBe("same");
  // 29 February 2028, 02:30 in Shanghai
  expect((await describeSchedule(temporal, plan.id))!.nextAt).toEqual(new Date("2028-02-28T18:30:00Z"));

  expect(await ensureSchedule(temporal, { ...plan, timezone: "Europe/Berlin" })).toBe("changed");
  expect((await describeSchedule(temporal, plan.id))!.nextAt).toEqual(new Date("2028-02-29T01:30:00Z"));
});

test("whoever paused a schedule finds it paused, though its plan has changed", async () => {
  await temporal.client.schedule.getHandle(plan.id).pause("stocktaking");
  expect(await ensureSchedule(temporal, { ...plan, cron: "0 3 29 2 *" })).toBe("changed");
  expect(await describeSchedule(temporal, plan.id)).toMatchObject({ paused: true, running: false, missed: 0 });
});

test("removing says whether there was one", async () => {
  expect(await removeSchedule(temporal, plan.id)).toBe(true);
  expect(await removeSchedule(temporal, plan.id)).toBe(false);
  expect(await describeSchedule(temporal, plan.id)).toBeUndefined();
});
