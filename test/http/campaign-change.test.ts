import { afterAll, beforeAll, expect, test } from "vitest";
import { createLaunching } from "../../src/operate/schedule/scheduled-launch.ts";
import { minuteOf, now } from "../../src/store/clock.ts";
import { testSchema } from "../support/schema.ts";
import { type As, asking } from "./support/asking.ts";
import { countRuns, spring, springCustomers, springRules } from "./support/campaigns.ts";
import { type Serving, serveTest } from "./serving.ts";

const schema = await testSchema();
const { db } = schema;
const rules = await springRules({ approval: "by-another" });
let serving: Serving;
const ask = asking(db, () => serving);
beforeAll(async () => {
  await springCustomers(db);
  serving = await serveTest(schema, { rules });
});
afterAll(() => serving.stop());

const amy: As = { role: "marketer", person: "amy" };
/** another key of hers */
const amyToo: As = { role: "ops", person: "amy" };
const ben: As = { role: "marketer", person: "ben" };
const ops: As = { role: "ops" };

interface Put {
  program: string;
  definition: string;
  approved: boolean;
  unchanged: boolean;
  detail: string;
}
const put = (as: As, definition: { id: string }, headers: Record<string, string> = {}) =>
  ask<Put>(as, "PUT", `/v1/campaigns/${definition.id}`, { body: definition, headers });
const show = (as: As, id: string, headers: Record<string, string> = {}) =>
  ask(as, "GET", `/v1/campaigns/${id}`, { headers });
const launch = (id: string) => ask(ops, "POST", `/v1/campaigns/${id}/runs`, { body: {} });
const named = (name: string) => spring({ name: { en: name, "zh-CN": name } });

test("a definition is read as it was put, keys in their order, and not sent again while nothing changes", async () => {
  const made = await put(amy, named("One"), { "if-none-match": "*" });
  expect(made).toMatchObject({ status: 200, body: { unchanged: false } });
  const read = await show(ben, "spring");
  expect(JSON.stringify(read.body.definition)).toBe(JSON.stringify(named("One")));
  const tag = read.headers.get("etag")!;
  expect((await show(ben, "spring", { "if-none-match": tag })).status).toBe(304);
  expect((await show(ben, "spring", { "if-none-match": `W/${tag}, "other"` })).status).toBe(304);

  // what is read changes with its approval, what would be written over does not
  expect((await ask(ben, "POST", "/v1/campaigns/spring/approve", { body: {} })).status).toBe(200);
  expect((await show(ben, "spring", { "if-none-match": tag })).status).toBe(200);
  expect((await put(amy, named("Two"), { "if-match": tag })).status).toBe(200);
});

test("who writes over what somebody else has changed meanwhile is told, and nothing is stored", async () => {
  const tag = (await show(amy, "spring")).headers.get("etag")!;
  const written = await put(ben, named("Three"), { "if-match": tag });
  const late = await put(amy, named("Four"), { "if-match": tag });
  expect(late).toMatchObject({ status: 412, body: { type: "urn:rekindle:problem:changed" } });
  expect((await put(amy, named("Four"), { "if-none-match": "*" })).status).toBe(412);
  expect((await put(amy, { ...named("Four"), id: "autumn" }, { "if-match": "*" })).status).toBe(412);
  expect((await show(amy, "spring")).body).toMatchObject({ definition: { name: { en: "Three" } } });
  // the tag of the answer to a write is as good as one that was read
  expect((await put(amy, named("Four"), { "if-match": written.headers.get("etag")! })).status).toBe(200);
});

test("of several who write at once over the same, or make the same, one does", async () => {
  const tag = (await show(amy, "spring")).headers.get("etag")!;
  const over = await Promise.all([1, 2, 3, 4].map((n) => put(amy, named(`At once ${n}`), { "if-match": tag })));
  expect(over.map((one) => one.status).toSorted((a, b) => a - b)).toEqual([200, 412, 412, 412]);
  const summer = (n: number) => ({ ...named(`Summer ${n}`), id: "summer" });
  const make = await Promise.all([1, 2, 3, 4].map((n) => put(amy, summer(n), { "if-none-match": "*" })));
  expect(make.map((one) => one.status).toSorted((a, b) => a - b)).toEqual([200, 412, 412, 412]);
});

test("what one has applied another must approve before it is launched, and every edit anew", async () => {
  const first = await put(amy, named("Approve me"));
  expect(first.body.approved).toBe(false);
  const refused = await launch("spring");
  expect(refused).toMatchObject({ status: 422, body: { detail: expect.stringMatching(/^not approved yet; .* amy/) } });
  const approve = (as: As, program?: string) =>
    ask(as, "POST", "/v1/campaigns/spring/approve", { body: { ...(program && { program }) } });
  for (const herself of [amy, amyToo]) {
    expect(await approve(herself)).toMatchObject({ status: 422, body: { detail: expect.stringContaining("amy") } });
  }
  expect((await approve(ben, "0123456789ab")).status).toBe(422);
  expect(await countRuns(db)).toBe(0);
  expect(await approve(ben, first.body.program)).toMatchObject({
    status: 200,
    body: { appliedBy: "amy", approvedBy: "ben", unchanged: false },
  });
  expect((await approve(ben)).body).toMatchObject({ unchanged: true });
  const run = await launch("spring");
  expect(run.status).toBe(201);

  const edited = await put(amy, named("Edited"));
  expect(edited.body.approved).toBe(false);
  expect((await launch("spring")).status).toBe(422);
  const over = { body: { to: edited.body.program, preview: true } };
  expect(await ask(ops, "POST", `/v1/runs/${String(run.body.run)}/migrate`, over)).toMatchObject({
    status: 422,
    body: { detail: expect.stringContaining("not approved yet") },
  });
  // whoever approves by applying the same again has not written it
  expect((await put(ben, named("Edited"))).body).toMatchObject({ unchanged: true, approved: false });
  expect((await approve(ben)).status).toBe(200);
  // what was approved once may come back
  expect((await put(amy, named("Approve me"))).body).toMatchObject({ program: first.body.program, approved: true });
  expect((await show(amy, "spring")).body).toMatchObject({
    programs: expect.arrayContaining([
      expect.objectContaining({ program: edited.body.program, appliedBy: "amy", approvedBy: "ben" }),
    ]),
  });
});

test("nor is it scheduled", async () => {
  await put(amy, { ...spring({ trigger: { schedule: { cron: "0 10 1 * *" } } }), id: "winter" });
  const schedule = () => ask(ops, "PUT", "/v1/campaigns/winter/schedule", { body: {} });
  expect((await schedule()).status).toBe(422);
  await ask(ben, "POST", "/v1/campaigns/winter/approve", { body: {} });
  expect(await schedule()).toMatchObject({ status: 200, body: { campaign: "winter", wanted: "on", missed: [] } });
});

test("nor launched at its time after an edit that nobody has approved: the schedule says why", async () => {
  const trigger = { schedule: { cron: "0 10 1 * *" } };
  await put(amy, { ...spring({ trigger, name: { en: "Colder", "zh-CN": "更冷" } }), id: "winter" });
  const due = minuteOf(await now(db));
  await createLaunching({ db, reach: "inbox" }).launchDue("winter", due);
  expect((await ask(ops, "GET", "/v1/campaigns/winter/schedule")).body).toMatchObject({
    wanted: "on",
    launches: [{ outcome: "refused", run: null, reason: { en: expect.stringContaining("not approved yet") } }],
  });
});

test("campaigns are listed page by page", async () => {
  const pages: unknown[] = [];
  for (let after = ""; ;) {
    const { body } = await ask<{ items: { id: string }[]; next: string | null }>(
      ops,
      "GET",
      `/v1/campaigns?limit=2${after && `&after=${after}`}`,
    );
    pages.push(body.items.map((one) => one.id));
    if (body.next === null) break;
    after = body.next;
  }
  expect(pages).toEqual([["spring", "summer"], ["winter"]]);
});
