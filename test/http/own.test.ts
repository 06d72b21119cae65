import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Step, TaskStep } from "../../src/campaign/program.ts";
import { at, enrolled, LAUNCH, programOf, type World } from "../activities/world.ts";
import { testSchema } from "../support/schema.ts";
import { type As, asking, pages } from "./support/asking.ts";
import { type Serving, serveTest } from "./serving.ts";

const schema = await testSchema();
const { db } = schema;
let serving: Serving;
let world: World;
/** customer_ids by place */
let names: string[];
const ask = asking(db, () => serving);

const ops: As = { role: "ops" };
const liNa: As = { role: "sales", person: "li.na" };
const sales: As = { role: "sales", team: "sales" };
const service: As = { role: "service", team: "service" };
const nobody: As = { role: "sales" };

const call: TaskStep = {
  kind: "task",
  id: "call",
  team: "sales",
  by: "team",
  title: "电话回访",
  due: { days: 3, minutes: 0 },
  attempts: 3,
  sendKind: "service",
  outcomes: [
    { id: "interested", connected: true },
    { id: "no-answer", connected: false },
  ],
};
const steps: Record<string, Step> = {
  call,
  repair: { kind: "complaint", id: "repair", severity: "high", team: "service" },
};

/** Members 0 and 1 are to be called by sales (0 by Wang Wei), 2 complains to service, 3 is Li Na's own, 4 is nobody's. */
beforeAll(async () => {
  serving = await serveTest(schema);
  world = await enrolled(db, { program: programOf(steps), size: 5 });
  await at(db, LAUNCH);
  await world.act("call", { members: world.batch("call").members.slice(0, 2) });
  await world.act("repair", { members: world.batch("repair").members.slice(2, 3) });
  await sql`update tasks set assignee = 'wang.wei' where enrolment = ${world.enrolments[0]}`.execute(db);
  await sql`update customers set owner = 'li.na' where id = ${world.customers[3]}`.execute(db);
  const { rows } = await sql<{ name: string }>`
    select customer_id as name from customers where id = any(${world.customers}::bigint[]) order by id`.execute(db);
  names = rows.map((row) => row.name);
});
afterAll(() => serving.stop());

const ids = async (as: As, path: string) =>
  (await pages<{ id: string }>(ask, as, path)).map(({ id }) => id.replace(/^.*\//, "")).toSorted();

describe("tasks", () => {
  test("sales and service see what their team has or they have themselves; others see all", async () => {
    expect(await ids(ops, "/v1/tasks")).toEqual(["call", "call", "repair"]);
    expect(await ids(sales, "/v1/tasks")).toEqual(["call", "call"]);
    expect(await ids({ role: "sales", person: "wang.wei" }, "/v1/tasks")).toEqual(["call"]);
    expect(await ids(service, "/v1/tasks")).toEqual(["repair"]);
    expect(await ids(nobody, "/v1/tasks")).toEqual([]);
    expect(await ids(sales, "/v1/tasks?team=service&all=true")).toEqual([]);
  });

  test("a foreign task is not there, whatever is asked of it, and is not hinted at", async () => {
    const [repair] = await pages<{ id: string }>(ask, service, "/v1/tasks");
    const foreign = `/v1/tasks/${encodeURIComponent(repair!.id)}`;
    expect((await ask(service, "GET", foreign)).body).toMatchObject({ kind: "complaint", team: "service" });
    for (const [method, path, body] of [
      ["GET", foreign, undefined],
      ["POST", `${foreign}/done`, {}],
    ] as const) {
      const answer = await ask(sales, method, path, { body });
      expect(answer.status).toBe(404);
      const unknown = await ask(sales, method, path.replace("repair", "nothing"), { body });
      expect(answer.body).toEqual({ ...unknown.body });
    }
  });

  test("what came of a task is recorded with who says so", async () => {
    const path = `/v1/tasks/${encodeURIComponent(`${world.run}/1/call`)}`;
    expect(await ask(sales, "POST", `${path}/done`, { body: { outcome: "maybe" } })).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining("interested, no-answer") },
    });
    expect(
      await ask(sales, "POST", `${path}/done`, { body: { outcome: "interested", note: "明年", by: "x" } }),
    ).toMatchObject({ status: 400 });
    expect(await ask(sales, "POST", `${path}/done`, { body: { outcome: "interested", note: "明年" } })).toMatchObject({
      status: 200,
      body: { status: "done", late: false },
    });
    const { rows } = await sql`select done_by, note from tasks where id = ${`${world.run}/1/call`}`.execute(db);
    expect(rows).toEqual([{ done_by: "sales  sales", note: "明年" }]);
    expect(await ids(sales, "/v1/tasks")).toEqual(["call"]);
    expect(await ids(sales, "/v1/tasks?all=true")).toEqual(["call", "call"]);
  });
});

describe("complaints", () => {
  test("are seen by whose customer it is, those that are nobody's task by service", async () => {
    const opened = await ask(service, "POST", "/v1/complaints", { body: { customerId: names[4], note: "cold tea" } });
    expect(opened).toMatchObject({ status: 201, body: { customerId: names[4], severity: "medium" } });
    const customers = async (as: As) =>
      (await pages<{ customerId: string }>(ask, as, "/v1/complaints")).map(({ customerId }) => customerId).toSorted();
    expect(await customers(ops)).toEqual([names[2]!, names[4]!].toSorted());
    expect(await customers(service)).toEqual([names[2]!, names[4]!].toSorted());
    expect(await customers(liNa)).toEqual([]);
    expect(await customers(sales)).toEqual([]);
    expect(await customers({ role: "service" })).toEqual([]);

    const solve = `/v1/complaints/${encodeURIComponent(String(opened.body["id"]))}/solve`;
    expect((await ask(sales, "POST", solve)).status).toBe(404);
    expect((await ask(service, "POST", solve)).body).toMatchObject({ solved: true });
    expect((await ask(ops, "POST", solve)).body).toMatchObject({ solved: false });
    expect(await customers(service)).toEqual([names[2]]);
  });

  test("sales take those of their own customers; nobody makes up customers but those who may see all", async () => {
    const open = async (as: As, customerId: string) =>
      (await ask(as, "POST", "/v1/complaints", { body: { customerId, severity: "low" } })).status;
    expect(await open(liNa, names[3]!)).toBe(201);
    expect(await open(liNa, names[4]!)).toBe(404);
    expect(await open(service, "no such customer")).toBe(404);
    expect(await open(ops, "a new customer")).toBe(201);
    expect((await ask(ops, "GET", `/v1/complaints?customer=${names[3]}`)).body["items"]).toMatchObject([
      { customerId: names[3], severity: "low", source: "operator" },
    ]);
  });
});

describe("events", () => {
  const said = (type: string, subject: string, data: object = {}) => ({
    ...{ specversion: "1.0", id: randomUUID(), source: "/crm", type, subject, data },
  });
  const mail = (subject: string) => said("customer.identified", subject, { contacts: { email: "me@example.com" } });

  test("sales and service say nothing of strangers, by neither door, and do not learn who there is", async () => {
    const known = async (as: As, subject: string) => ask(as, "POST", "/v1/events", { body: mail(subject) });
    expect((await known(liNa, names[3]!)).status).toBe(202);
    const foreign = await known(liNa, names[4]!);
    expect([foreign.status, foreign.body["errors"]]).toMatchObject([400, [{ pointer: "/subject" }]]);
    expect((await known(liNa, "nobody at all")).body).toEqual(foreign.body);
    expect((await known(nobody, names[3]!)).status).toBe(400);

    const batch = [mail(names[4]!), mail(names[3]!), said("order.paid", names[0]!, { order_id: "x", amount: 5 })];
    const { status, body } = await ask<{ accepted: number; errors: { index: number }[] }>(liNa, "POST", "/v1/events", {
      body: batch,
    });
    expect([status, body.accepted, body.errors.map(({ index }) => index)]).toEqual([202, 1, [0, 2]]);

    const traits = { email: "me@example.com" };
    const call = (userId: string) => ({ type: "identify", userId, traits, messageId: randomUUID() });
    expect((await ask(liNa, "POST", "/v1/identify", { body: call(names[4]!) })).status).toBe(400);
    const calls = { batch: [call(names[3]!), call(names[4]!), call(names[3]!)] };
    expect((await ask(liNa, "POST", "/v1/batch", { body: calls })).body).toMatchObject({ errors: [{ index: 1 }] });

    const { rows } = await sql`
      select customer_id, type from events where customer_id <> ${names[3]} and type <> 'visit'`.execute(db);
    expect(rows).toEqual([]);
  });

  test("service hears complaints of everybody there is; a dry run is for those who see all", async () => {
    const complain = (subject: string) =>
      ask(service, "POST", "/v1/events", { body: said("complaint.opened", subject) });
    expect((await complain(names[3]!)).status).toBe(202);
    expect((await complain("nobody at all")).status).toBe(400);
    for (const as of [liNa, service]) {
      expect((await ask(as, "POST", "/v1/events?dryRun=1", { body: said("visit", names[3]!) })).status).toBe(403);
    }
    expect(
      (await ask({ role: "backend" }, "POST", "/v1/events?dryRun=1", { body: said("visit", names[4]!) })).status,
    ).toBe(200);
  });
});

test("a list that grows while it is paged through neither repeats nor loses what was there", async () => {
  const customer = world.customers[4]!;
  const add = (count: number) =>
    sql`
    insert into complaints (id, customer, severity, source, opened_at)
    select gen_random_uuid(), ${customer}, 'low', 'test',
      timestamptz '2026-03-01' + (random() * 20)::int * interval '1 microsecond'
    from generate_series(1, ${count}::int)`.execute(db);
  await add(60);
  const before = await pages<{ id: string }>(ask, ops, `/v1/complaints?customer=${names[4]}&status=all&limit=500`);
  const during = await pages<{ id: string }>(ask, ops, `/v1/complaints?customer=${names[4]}&status=all&limit=7`, () =>
    add(1),
  );
  const seen = during.map(({ id }) => id);
  expect(new Set(seen).size).toBe(seen.length);
  expect(before.map(({ id }) => id).filter((id) => !seen.includes(id))).toEqual([]);
});

test("a cursor that no answer has given is refused, whatever is in it", async () => {
  for (const place of [
    "",
    "x",
    "{}",
    '{"due":"yesterday","id":"a"}',
    '{"due":"2026-02-31T00:00:00.000000Z","id":"a"}',
    '{"due":"infinity","id":"\\u0000"}',
  ]) {
    const after = Buffer.from(place).toString("base64url") || "%00";
    expect([place, (await ask(ops, "GET", `/v1/tasks?after=${after}`)).status]).toEqual([place, 400]);
  }
});
