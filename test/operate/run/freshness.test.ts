import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { launch } from "../../../src/operate/run/launch.ts";
import { planCampaign } from "../../../src/operate/campaign/plan.ts";
import { showPlan } from "../../../src/operate/campaign/plan-show.ts";
import { loadReport } from "../../../src/report/load.ts";
import { formatFor } from "../../../src/report/show/format.ts";
import { factsOf } from "../../../src/report/show/report.ts";
import { setClock } from "../../../src/store/clock.ts";
import { transaction } from "../../../src/store/database.ts";
import { noteFreshness } from "../../../src/store/event.ts";
import { LAUNCH } from "../../activities/world.ts";
import { happen, event, rule } from "../../intake/world.ts";
import { testSchema } from "../../support/schema.ts";
import { applied, DAY_MS, days } from "../support/campaigns.ts";

const { db } = await testSchema();
const ago = (n: number) => new Date(LAUNCH.getTime() - n * DAY_MS);

beforeEach(async () => {
  await sql`truncate customers, data_sources, score_runs, runs cascade`.execute(db);
  await setClock(db, LAUNCH, 0);
  await sql`insert into customers (customer_id, created_at) values ('C1', ${ago(300)})`.execute(db);
});

async function updated(source: string, daysAgo: number): Promise<void> {
  await sql`insert into data_sources (source, rows, updated_at) values (${source}, 1, ${ago(daysAgo)})
    on conflict (source) do update set updated_at = excluded.updated_at`.execute(db);
}

const fresh = { maxDataAge: days(31), rule: rule({ ">=": [{ var: "orders.count" }, 0] }) };
const go = (campaign: string, acceptStale = false) =>
  launch(db, { campaign, reach: "inbox", confirmed: true, acceptStale });

test("a launch on data older than the campaign allows is refused with how old it is; accepted, that is kept and shown", async () => {
  const program = await applied(db, "aged", fresh);
  await updated("customers", 12);
  await updated("orders", 45);
  await updated("events", 400); // its audience does not ask for them
  await expect(go("aged")).rejects.toThrow("data is older than the campaign allows (orders 45.0 d)");
  expect((await sql`select 1 from runs`.execute(db)).rows).toEqual([]);
  const plan = await planCampaign(db, program, ["email"]);
  expect(plan.stale).toEqual([{ source: "orders", days: 45 }]);
  expect(showPlan(plan, "en")).toContain(
    "Data is older than the campaign allows (orders 45.0 d): a launch needs --accept-stale.",
  );
  expect(showPlan(plan, "zh-CN")).toContain("数据已超过活动允许的时限（orders 45.0 天）：启动需加 --accept-stale。");

  const { run } = await go("aged", true);
  const report = await loadReport(db, run);
  expect(report.head.staleData).toEqual([{ source: "orders", days: 45 }]);
  expect(factsOf(report, formatFor("en", "CNY", "Asia/Shanghai"))).toContainEqual({
    label: "Launched on old data",
    value: "orders 45.0 d",
  });
  const { rows } = await sql`select stale_accepted from runs`.execute(db);
  expect(rows).toEqual([{ stale_accepted: true }]);
});

test("what is fresh enough launches, and accepting what is not there is not recorded", async () => {
  await applied(db, "young", fresh);
  await updated("orders", 31);
  const { run } = await go("young", true);
  const { head } = await loadReport(db, run);
  expect(head.staleData).toEqual([]);
});

test("orders that come by event keep the data fresh", async () => {
  await applied(db, "live", fresh);
  await updated("orders", 45);
  await happen(db, event("order.paid", "C1", { order_id: "o", amount: 10 }));
  expect((await go("live")).treatment).toBe(1);
});

test("an audience that asks for events or scores needs those fresh too", async () => {
  await applied(db, "asks-events", { ...fresh, rule: rule({ ">=": [{ var: "events.check_in.count_30d" }, 0] }) });
  await updated("events", 50);
  await expect(go("asks-events")).rejects.toThrow("(events 50.0 d)");
  await transaction(db, (tx) => noteFreshness(tx, ["events"], LAUNCH));
  expect((await go("asks-events")).treatment).toBe(1);

  await applied(db, "asks-scores", {
    ...fresh,
    rule: rule(true),
    orderBy: { rule: rule({ ">": [{ var: "value.next_365d" }, 100] }), direction: "desc" },
  });
  await expect(go("asks-scores")).rejects.toThrow("(scores never)");
  await sql`insert into score_runs (at, report) values (${ago(40)}, '{}')`.execute(db);
  await expect(go("asks-scores")).rejects.toThrow("(scores 40.0 d)");
  await sql`insert into score_runs (at, report) values (${ago(1)}, '{}')`.execute(db);
  expect((await go("asks-scores")).treatment).toBe(1);
});
