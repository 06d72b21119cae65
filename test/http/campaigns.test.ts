import { readFile } from "node:fs/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch } from "../../src/operate/run/launch.ts";
import type { Role } from "../../src/store/api-key.ts";
import { testSchema } from "../support/schema.ts";
import { type Serving, serveTest } from "./serving.ts";

const schema = await testSchema();
const { db } = schema;
let serving: Serving;
beforeAll(async () => {
  serving = await serveTest(schema);
});
afterAll(() => serving.stop());

const campaign = async (): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile("rules/campaigns/winback-30.json", "utf8"));

interface Answer {
  status: number;
  type: string | null;
  body: Record<string, unknown> & { detail?: string; errors?: { pointer: string; detail: string; hint?: string }[] };
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
  { role = "marketer", language = "en" }: { role?: Role; language?: string } = {},
): Promise<Answer> {
  const response = await fetch(serving.server.url + path, {
    method,
    headers: {
      authorization: `Bearer ${await serving.key(role)}`,
      "accept-language": language,
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    body: (await response.json()) as Answer["body"],
  };
}
const stored = async () =>
  (
    await sql<{ n: number }>`select (select count(*) from campaigns) + (select count(*) from documents) as n`.execute(
      db,
    )
  ).rows[0]!.n;

test("a sound campaign validates, and nothing is stored by that", async () => {
  expect(await ask("POST", "/v1/campaigns/validate", await campaign())).toMatchObject({
    status: 200,
    body: { campaign: "winback-30", warnings: expect.any(Array) },
  });
  expect(await stored()).toBe(0);
});

test("every fault is told at once, in the asker's language, with the nearest name; nothing is stored", async () => {
  const broken = JSON.parse(
    JSON.stringify(await campaign())
      .replace('"template":"invite"', '"template":"invitation"')
      .replace('"within":"P91D"', '"within":"-P91D"'),
  ) as unknown;
  for (const [method, path] of [
    ["POST", "/v1/campaigns/validate"],
    ["PUT", "/v1/campaigns/winback-30"],
  ] as const) {
    const { status, type, body } = await ask(method, path, broken);
    expect([status, type]).toEqual([422, "application/problem+json"]);
    expect(body.errors).toMatchObject([
      { pointer: "/goal/convert/within" },
      { pointer: "/journey/1/send/template", hint: expect.stringContaining("invite") },
    ]);
    const chinese = (await ask(method, path, broken, { language: "zh-CN" })).body;
    expect(chinese.detail).toMatch(/^活动定义有误/);
    expect(chinese.errors!.every((error) => /\p{Script=Han}/u.test(error.detail))).toBe(true);
  }
  expect(await stored()).toBe(0);
});

test("what is no campaign at all, and what the database cannot hold, is a fault too", async () => {
  expect((await ask("PUT", "/v1/campaigns/x", [])).status).toBe(422);
  const odd = await campaign();
  (odd.name as { en: string }).en = "Win\u0000back";
  const { status, body } = await ask("PUT", "/v1/campaigns/winback-30", odd);
  expect([status, body.errors!.map((error) => error.pointer)]).toEqual([422, ["/name/en"]]);
  const other = await ask("PUT", "/v1/campaigns/winback", await campaign());
  expect([other.status, other.body.errors!.map((error) => error.pointer)]).toEqual([422, ["/id"]]);
  expect(await stored()).toBe(0);
});

test("a campaign that is put can be launched; putting the same again changes nothing", async () => {
  const first = await ask("PUT", "/v1/campaigns/winback-30", await campaign());
  expect(first).toMatchObject({ status: 200, body: { campaign: "winback-30", unchanged: false } });
  expect(await ask("PUT", "/v1/campaigns/winback-30", await campaign())).toMatchObject({
    status: 200,
    body: { program: first.body.program, unchanged: true },
  });
  await sql`insert into customers (customer_id, created_at) values ('C1', '2025-01-01')`.execute(db);
  await sql`
    insert into orders (order_id, customer, paid_at, amount, currency, source)
    select 'O1', id, now() - interval '200 days', 6000000, 'CNY', 'test' from customers`.execute(db);
  const { run } = await launch(db, { campaign: "winback-30", reach: "inbox", confirmed: true, acceptStale: true });
  expect((await ask("GET", "/v1/campaigns/winback-30", undefined, { role: "ops" })).body).toMatchObject({
    id: "winback-30",
    program: first.body.program,
    approvedBy: "test marketer",
    segment: "mid-value-dormant",
    timezone: "Asia/Shanghai",
    runs: [{ id: run, status: "starting", program: first.body.program, closed: null }],
  });
});

test("an unknown campaign is not there, and the nearest one is named", async () => {
  const { status, body } = await ask("GET", "/v1/campaigns/winback-3");
  expect(status).toBe(404);
  expect(body.detail).toMatch(/^no such campaign is applied;.*: did you mean "winback-30"\?$/);
});

test("a backend's key may not change campaigns, an admin's may", async () => {
  expect((await ask("PUT", "/v1/campaigns/winback-30", await campaign(), { role: "backend" })).status).toBe(403);
  expect((await ask("POST", "/v1/campaigns/validate", await campaign(), { role: "ops" })).status).toBe(403);
  expect((await ask("POST", "/v1/campaigns/validate", await campaign(), { role: "admin" })).status).toBe(200);
});
