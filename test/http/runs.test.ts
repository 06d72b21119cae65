import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testSchema } from "../support/schema.ts";
import { type As, asking, pages } from "./support/asking.ts";
import { countRuns, spring, springCustomers, springRules } from "./support/campaigns.ts";
import { type Serving, serveTest } from "./serving.ts";

const SIZE = 30;
const schema = await testSchema();
const { db } = schema;
const rules = await springRules({}, SIZE);
let serving: Serving;
const ask = asking(db, () => serving);

const ops: As = { role: "ops" };
const marketer: As = { role: "marketer" };
const sales: As = { role: "sales", person: "li.na" };

const campaign = spring({
  audience: { list: "spring", holdout: 0.5 },
  phases: [{ id: "all", days: 10 }],
  plan: [{ id: "design", phase: "all", title: "物料", owner: "design", from: 0, to: 2 }],
  budget: { currency: "CNY", lines: [{ id: "gifts", items: [{ what: "杯子", qty: 10, unitPrice: 20 }] }] },
  params: { depth: { type: "number", default: 1 } },
});

beforeAll(async () => {
  await springCustomers(db, SIZE);
  // nothing listens there
  serving = await serveTest(schema, { rules, temporalAddress: "127.0.0.1:1" });
  await ask(marketer, "PUT", "/v1/campaigns/spring", { body: campaign });
});
afterAll(() => serving.stop());

const launch = (as: As, body: object) => ask(as, "POST", "/v1/campaigns/spring/runs", { body });
const move = (as: As, run: string, how: string) => ask(as, "POST", `/v1/runs/${run}/${how}`);
const status = async (run: string) => (await ask(sales, "GET", `/v1/runs/${run}`)).body;

test("a plan says what a launch would do: of what is applied, of the file, of a draft; nothing is stored", async () => {
  const plan = (body: object) => ask(marketer, "POST", "/v1/campaigns/spring/plan", { body });
  const applied = await plan({});
  expect(applied).toMatchObject({
    status: 200,
    body: { audience: { list: "spring", enrolled: SIZE, holdout: SIZE / 2 }, budget: { planned: 20_000 } },
  });
  const draft = await plan({
    definition: { ...campaign, audience: { list: "spring", limit: 4 } },
    launch: "2027-03-01",
  });
  expect(draft.body).toMatchObject({
    audience: { enrolled: 4, beyondLimit: SIZE - 4 },
    phases: [{ from: "2027-03-01" }],
  });
  expect(await plan({ from: "rules" })).toMatchObject({
    status: 422,
    body: { detail: expect.stringContaining("no such campaign in rules/campaigns") },
  });
  const file = await ask(marketer, "POST", "/v1/campaigns/winback-30/plan", { body: { from: "rules" } });
  expect(file).toMatchObject({ status: 200, body: { campaign: "winback-30" } });
  expect((await ask(marketer, "POST", "/v1/campaigns/winback-30/plan", { body: {} })).status).toBe(404);
  expect(await plan({ launch: "soon" })).toMatchObject({ status: 422, body: { errors: [{ pointer: "/launch" }] } });
  expect((await plan({ definition: { id: "spring" } })).status).toBe(422);
  expect(await countRuns(db)).toBe(0);
});

test("one customer is taken through, and nothing is stored", async () => {
  const tried = await ask(marketer, "POST", "/v1/campaigns/spring/try", {
    body: { customer: "S1", behaviour: "quiet", set: { depth: 2 }, launch: "2027-03-01T10:00" },
  });
  expect(tried).toMatchObject({ status: 200, body: { customer: "S1", inAudience: true } });
  expect((tried.body.trace as { step: string }[]).map((one) => one.step)).toContain("hello");
  const wrong = (body: object) => ask(marketer, "POST", "/v1/campaigns/spring/try", { body });
  expect((await wrong({ customer: "nobody" })).status).toBe(404);
  expect((await wrong({ customer: "S1", set: { dept: 2 } })).status).toBe(422);
  expect(await wrong({ customer: "S1", behaviour: "keen-ish" })).toMatchObject({
    status: 400,
    body: { errors: [{ pointer: "/behaviour" }] },
  });
});

test("a launch enrols, is confirmed where it can reach people, and takes no option that it does not know", async () => {
  const made = await launch(marketer, { limit: 10, set: { depth: 3 } });
  expect(made).toMatchObject({ status: 201, body: { run: "spring-1", treatment: 5, holdout: 5, standing: false } });
  expect(await launch(ops, { limits: 10 })).toMatchObject({ status: 400, body: { errors: [{ pointer: "/limits" }] } });
  expect((await launch(ops, { set: { depth: "deep" } })).status).toBe(422);
  expect((await ask(ops, "POST", "/v1/campaigns/autumn/runs", { body: {} })).status).toBe(404);
  expect(await countRuns(db)).toBe(1);
  const { rows } = await sql<{ params: unknown }>`select params from runs`.execute(db);
  expect(rows).toEqual([{ params: { depth: 3 } }]);
});

test("with a mail server of one's own a launch names how many it would write to, and wants a yes", async () => {
  const real = await serveTest(schema, { rules, smtpUrl: "smtp://127.0.0.1:1" });
  const there = asking(db, () => real);
  const go = (confirmed: boolean) => there(ops, "POST", "/v1/campaigns/spring/runs", { body: { limit: 4, confirmed } });
  expect(await go(false)).toMatchObject({
    status: 422,
    body: { detail: expect.stringContaining("would write to 2 real customers") },
  });
  expect((await go(true)).status).toBe(201);
  await real.stop();
});

test("a run stands still, goes on, takes nobody in any more, and ends for good", async () => {
  expect(await move(marketer, "spring-1", "pause")).toMatchObject({ status: 200, body: { status: "paused" } });
  expect(await status("spring-1")).toMatchObject({ head: { status: "paused", pauses: 1 } });
  expect((await move(ops, "spring-1", "pause")).status).toBe(422);
  expect((await move(ops, "spring-1", "resume")).status).toBe(200);
  expect((await status("spring-1")).line).toMatchObject({ status: "starting", treated: 5, holdout: 5 });
  expect((await move(ops, "spring-1", "drain")).body).toEqual({ run: "spring-1", dropped: 0, live: 5 });
  expect((await status("spring-1")).line).toMatchObject({ draining: true });
  expect((await move(ops, "spring-1", "stop")).body).toEqual({ run: "spring-1", status: "stopped" });
  expect((await move(ops, "spring-1", "resume")).status).toBe(422);
  expect(await move(ops, "spring-11", "pause")).toMatchObject({
    status: 404,
    body: { detail: expect.stringMatching(/did you mean "spring-\d"/) },
  });
});

test("a campaign's name means its latest run", async () => {
  const { body } = await launch(ops, { limit: 2 });
  expect(((await status("spring")).head as { run: string }).run).toBe(body.run);
});

test("runs are listed latest first, by campaign and status, and paging loses none that was there", async () => {
  const before = (await pages<{ run: string }>(ask, sales, "/v1/runs?limit=2")).map((one) => one.run);
  expect(before).toEqual(["spring-3", "spring-2", "spring-1"]);
  const paged = await pages<{ run: string }>(ask, sales, "/v1/runs?limit=1", () => launch(ops, { limit: 1 }));
  expect(paged.map((one) => one.run)).toEqual(before);
  const some = await ask(sales, "GET", "/v1/runs?campaign=spring&status=stopped");
  expect(some.body).toMatchObject({ items: [{ run: "spring-1" }], next: null });
  expect((await ask(sales, "GET", "/v1/runs?status=asleep")).status).toBe(400);
  expect((await ask(sales, "GET", "/v1/runs?after=there")).status).toBe(400);
});

test("the report is figures, as JSON and as a page in the asker's language; nobody is named in it", async () => {
  const report = await ask(sales, "GET", "/v1/runs/spring-1/report");
  expect(report).toMatchObject({
    status: 200,
    body: { arms: { treatment: { enrolled: 5 }, holdout: { enrolled: 5 } } },
  });
  expect(report.bytes.toString()).not.toMatch(/"S\d+"/);
  const page = async (path: string, language: string) =>
    ask(sales, "GET", `/v1/runs/spring-1/report.html${path}`, { headers: { "accept-language": language } });
  const english = await page("", "en");
  expect(english.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(english.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(english.bytes.toString()).toContain('<html lang="en">');
  expect((await page("", "zh-CN,zh")).bytes.toString()).toContain('<html lang="zh-CN">');
  expect((await page("?lang=zh-CN", "en")).bytes.toString()).toContain('<html lang="zh-CN">');
  expect((await ask(sales, "GET", "/v1/runs/nothing/report.html")).status).toBe(404);
});

test("the plan's rows say how far they are", async () => {
  const { body } = await ask(sales, "GET", "/v1/runs/spring/plan");
  expect(body.items).toMatchObject([{ id: "design", owner: "design", state: "open", waitsFor: [] }]);
});

test("what was spent is booked in full, and nothing that is no amount", async () => {
  const record = (line: string, body: object) => ask(marketer, "POST", `/v1/runs/spring/budget/${line}`, { body });
  expect(await record("gifts", { amount: "1,99" })).toMatchObject({ status: 422 });
  expect((await record("gift", { amount: "1" })).body.detail).toMatch(/did you mean "gifts"/);
  expect((await record("gifts", { amount: 1.5 })).status).toBe(400);
  expect((await record("gifts", { amount: "1", note: "\u0000" })).status).toBe(400);
  expect(await record("gifts", { amount: "150.00" })).toMatchObject({
    status: 201,
    body: { actual: 15_000, left: 5_000 },
  });
});

test("a schedule is set, paused, resumed and ended", async () => {
  const scheduled = spring({ trigger: { schedule: { cron: "0 10 1 * *" } } });
  const schedule = (method: string, path = "", body?: object) =>
    ask(ops, method, `/v1/campaigns/monthly/schedule${path}`, body && { body });
  await ask(marketer, "PUT", "/v1/campaigns/monthly", { body: { ...scheduled, id: "monthly" } });
  expect((await schedule("GET")).status).toBe(404);
  expect((await ask(ops, "PUT", "/v1/campaigns/spring/schedule", { body: {} })).status).toBe(422);
  expect(await schedule("PUT", "", {})).toMatchObject({
    status: 200,
    body: { wanted: "on", cron: "0 10 1 * *", confirmedBy: null, next: expect.stringMatching(/-01T02:00:00/) },
  });
  expect((await schedule("POST", "/pause")).body).toMatchObject({ wanted: "paused", next: null });
  expect((await schedule("POST", "/resume")).body).toMatchObject({ wanted: "on" });
  expect((await ask(ops, "GET", "/v1/schedules")).body).toMatchObject({ items: [{ campaign: "monthly" }] });
  expect((await schedule("DELETE")).body).toEqual({ campaign: "monthly", wanted: "off" });
  expect((await ask(ops, "GET", "/v1/schedules")).body).toEqual({ items: [] });
});

test("marketers make and launch, ops repair, sales look", async () => {
  const tries: [As, string, string, number][] = [
    [marketer, "POST", "/v1/runs/spring/stop", 403],
    [marketer, "POST", "/v1/runs/spring/recover", 403],
    [marketer, "POST", "/v1/runs/spring/migrate", 403],
    [ops, "PUT", "/v1/campaigns/spring", 403],
    [sales, "POST", "/v1/campaigns/spring/runs", 403],
    [sales, "POST", "/v1/runs/spring/pause", 403],
    [sales, "GET", "/v1/runs/spring/report", 200],
    [{ role: "service" }, "GET", "/v1/runs/spring/report", 403],
    [{ role: "backend" }, "GET", "/v1/runs", 403],
  ];
  for (const [as, method, path, expected] of tries) {
    const { status: answered } = await ask(as, method, path, method === "GET" ? {} : { body: {} });
    expect([as.role, method, path, answered]).toEqual([as.role, method, path, expected]);
  }
});

test("without Temporal everything else goes on, and what needs it names it", async () => {
  expect(await move(ops, "spring", "recover")).toMatchObject({
    status: 503,
    body: { detail: expect.stringMatching(/^Temporal: no answer/) },
  });
});
