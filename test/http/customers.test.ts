import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Step } from "../../src/campaign/program.ts";
import { upsertContacts } from "../../src/store/contact.ts";
import { transaction } from "../../src/store/database.ts";
import { suppress } from "../../src/store/suppression.ts";
import { at, enrolled, LAUNCH, programOf, type World } from "../activities/world.ts";
import { testSchema } from "../support/schema.ts";
import { type As, asking, pages } from "./support/asking.ts";
import { type Serving, serveTest } from "./serving.ts";

const schema = await testSchema();
const { db } = schema;
let serving: Serving;
let world: World;
let names: string[];
const ask = asking(db, () => serving);
const marketer: As = { role: "marketer" };
const ops: As = { role: "ops" };
const liNa: As = { role: "sales", person: "li.na" };

const steps: Record<string, Step> = {
  repair: { kind: "complaint", id: "repair", severity: "high", team: "service" },
  leave: { kind: "exit", id: "leave", reason: "done" },
};

/** Member 0 is Li Na's, has bought and complained; 1 is service's by a complaint; 2 is nobody's. */
beforeAll(async () => {
  serving = await serveTest(schema);
  world = await enrolled(db, { program: programOf(steps), size: 3 });
  await at(db, LAUNCH);
  await world.act("repair", { members: world.batch("repair").members.slice(0, 2) });
  const [customer] = world.customers;
  await sql`update customers set owner = 'li.na', traits = '{"city": "杭州"}' where id = ${customer}`.execute(db);
  await transaction(db, async (tx) => {
    const of = (kind: "name" | "email" | "phone", value: string) => ({
      customer: customer!,
      role: "self",
      kind,
      value,
    });
    await upsertContacts(
      tx,
      [of("name", "王小明"), of("email", "xiaoming@example.com"), of("phone", "13812341234")],
      LAUNCH,
    );
    await suppress(tx, [{ channel: "sms", value: "13812341234" }], "manual", LAUNCH);
  });
  await sql`
    insert into orders (order_id, customer, paid_at, amount, currency, source)
    select 'o-' || n, ${customer}, ${LAUNCH}::timestamptz - n * interval '1 day', 10000, 'CNY', 'test'
    from generate_series(1, 12) n`.execute(db);
  await sql`
    insert into messages (id, enrolment, customer, run, step, occurrence, channel, contact, template, kind, topic, locale, epoch,
      status, not_before, created_at, response)
    select 'm-1', ${world.enrolments[0]}, ${customer}, ${world.run}, 'invite', 1, 'email', k.id, 'h-invite', 'promotion',
      'promotion', 'en', 0, 'unknown', ${LAUNCH}, ${LAUNCH}, '451 <xiaoming@example.com> try again'
    from contacts k where k.customer = ${customer} and k.kind = 'email'`.execute(db);
  const { rows } = await sql<{ name: string }>`
    select customer_id as name from customers where id = any(${world.customers}::bigint[]) order by id`.execute(db);
  names = rows.map((row) => row.name);
});
afterAll(() => serving.stop());

describe("a customer", () => {
  test("is shown whole to marketing and ops", async () => {
    const { status, body } = await ask(marketer, "GET", `/v1/customers/${names[0]}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      customerId: names[0],
      owner: "li.na",
      traits: { city: "杭州" },
      masked: false,
      contacts: expect.arrayContaining([
        { kind: "name", role: "self", value: "王小明", suppressed: [] },
        { kind: "phone", role: "self", value: "13812341234", suppressed: ["sms"] },
      ]),
      scores: null,
      enrolments: [{ run: world.run, arm: "treatment", status: "live", step: expect.any(String) }],
      tasks: [{ kind: "complaint", team: "service", status: "open" }],
      complaints: [{ severity: "high", status: "open" }],
      orders: { count: 12, spent: 120_000 },
      messages: [{ id: "m-1", status: "unknown", response: expect.stringContaining("xiaoming") }],
    });
    expect((body["orders"] as { latest: unknown[] }).latest).toHaveLength(10);
    const segments = (body["segments"] as { id: string }[]).map(({ id }) => id);
    expect(segments).toContain("open-complaint");
    expect(segments).not.toContain("never-bought");
  });

  test("shows sales and service no name and no address, nowhere in the answer", async () => {
    for (const [as, of] of [
      [liNa, names[0]],
      [{ role: "service", team: "service" } as As, names[0]],
    ] as const) {
      const { status, body, bytes } = await ask(as, "GET", `/v1/customers/${of}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        masked: true,
        contacts: expect.arrayContaining([
          { kind: "name", role: "self", value: "王**", suppressed: [] },
          { kind: "email", role: "self", value: "x***@example.com", suppressed: [] },
          { kind: "phone", role: "self", value: "138****1234", suppressed: ["sms"] },
        ]),
      });
      expect(bytes.toString()).not.toMatch(/小明|xiaoming|13812341234/);
      const message = await ask(as, "GET", "/v1/messages/m-1");
      expect(message).toMatchObject({ status: 200, body: { id: "m-1", template: "h-invite", response: null } });
      const list = await ask(as, "GET", `/v1/messages?customer=${of}`);
      expect(list.body).toMatchObject({ items: [{ id: "m-1", response: null }], next: null });
    }
  });

  test("of others is not there, by whatever address", async () => {
    for (const path of [
      `/v1/customers/${names[2]}`,
      `/v1/customers/${names[2]}/scores`,
      `/v1/customers/${names[1]}`,
      "/v1/customers/never-heard-of",
    ]) {
      const { status, body } = await ask(liNa, "GET", path);
      expect([path, status, body["detail"]]).toEqual([path, 404, "there is no such customer"]);
    }
    expect((await ask({ role: "sales", person: "wang.wei" }, "GET", "/v1/messages/m-1")).status).toBe(404);
    expect(await pages(ask, { role: "sales" }, `/v1/messages?run=${world.run}`)).toEqual([]);
    expect((await ask({ role: "backend" }, "GET", `/v1/customers/${names[0]}`)).status).toBe(403);
  });

  test("unknown to those who may see all is told with the nearest id", async () => {
    const { status, body } = await ask(ops, "GET", `/v1/customers/${names[0]}x`);
    expect([status, body["detail"]]).toEqual([404, expect.stringContaining("did you mean")]);
  });
});

test("lists of customers hold what the asker may see, page by page", async () => {
  const ids = async (as: As, query = "") =>
    (await pages<{ customerId: string }>(ask, as, `/v1/customers?limit=1${query}`)).map(({ customerId }) => customerId);
  expect(await ids(marketer)).toEqual(names.toSorted());
  expect(await ids(marketer, "&owner=li.na")).toEqual([names[0]]);
  expect(await ids(liNa)).toEqual([names[0]]);
  expect(await ids({ role: "service", team: "service" })).toEqual([names[0]!, names[1]!].toSorted());
  expect(await ids({ role: "sales" })).toEqual([]);
  const [glance] = (await ask(liNa, "GET", "/v1/customers")).body["items"] as object[];
  // the complaint's task is the service team's
  expect(glance).toMatchObject({ spent: 120_000, openTasks: 0, openComplaints: 1 });
});

test("a message of which nobody knows is settled once, by ops", async () => {
  const settle = (as: As, result: string) => ask(as, "POST", "/v1/messages/m-1/settle", { body: { result } });
  expect((await settle(marketer, "accepted")).status).toBe(403);
  expect((await settle(ops, "lost")).status).toBe(400);
  expect((await settle(ops, "accepted")).body).toEqual({ id: "m-1", status: "accepted" });
  expect((await settle(ops, "rejected")).status).toBe(422);
  expect((await ask(ops, "POST", "/v1/messages/m-2/settle", { body: { result: "accepted" } })).status).toBe(404);
});

test("customers are merged when it is confirmed, and the old id still reaches them", async () => {
  const merge = (body: object) => ask(ops, "POST", `/v1/customers/${names[0]}/merge`, { body });
  expect((await merge({ drop: [names[2]] })).body).toMatchObject({ done: false, dropped: [{ customer: names[2] }] });
  expect((await ask(ops, "GET", `/v1/customers/${names[2]}`)).body["customerId"]).toBe(names[2]);
  expect((await merge({ drop: [names[2]], confirmed: true })).body).toMatchObject({ done: true });
  expect((await ask(ops, "GET", `/v1/customers/${names[2]}`)).body).toMatchObject({
    customerId: names[0],
    formerly: [names[2]],
  });
  expect((await merge({ drop: ["nobody at all"] })).status).toBe(422);
  expect((await merge({ drop: [] })).status).toBe(400);
});

test("budget lines say what effects have booked and what was recorded", async () => {
  await sql`insert into budget_lines (run, line, planned) values (${world.run}, 'gifts', 100000)`.execute(db);
  await sql`
    insert into budget_entries (run, line, key, amount, note, at) values
      (${world.run}, 'gifts', 'k', 2000, null, ${LAUNCH}), (${world.run}, 'gifts', null, 500, 'freight', ${LAUNCH})`.execute(
    db,
  );
  expect((await ask(marketer, "GET", `/v1/runs/${world.run}/budget`)).body).toMatchObject({
    run: world.run,
    currency: "CNY",
    lines: [
      {
        line: "gifts",
        ...{ planned: 100_000, committed: 2_000, recorded: 500, actual: 2_500, left: 97_500 },
        records: [{ amount: 500, note: "freight" }],
      },
    ],
  });
  expect((await ask(marketer, "GET", "/v1/runs/none/budget")).status).toBe(404);
});

test("calls of webhooks are listed, the latest first", async () => {
  await sql`
    insert into webhook_calls (id, enrolment, customer, run, step, occurrence, hook, body, epoch, status, valid_until, created_at)
    select 'w-' || n, ${world.enrolments[0]}, ${world.customers[0]}, ${world.run}, 'tell', n, 'crm', '{"secret": 1}', 0,
      case when n = 3 then 'failed' else 'accepted' end, ${LAUNCH}, ${LAUNCH}
    from generate_series(1, 5) n`.execute(db);
  const found = await pages<{ id: string }>(ask, { role: "backend" }, `/v1/webhook-calls?run=${world.run}&limit=2`);
  expect(found.map(({ id }) => id)).toEqual(["w-1", "w-2", "w-3", "w-4", "w-5"]);
  const failed = await ask(ops, "GET", "/v1/webhook-calls?status=failed");
  expect(failed.body).toMatchObject({ items: [{ id: "w-3", hook: "crm", customerId: names[0] }], next: null });
  expect(failed.bytes.toString()).not.toContain("secret");
});
