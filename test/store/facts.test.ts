import { sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import { type Ast, variablesOf } from "../../src/rule/ast.ts";
import { buildCatalogue } from "../../src/rule/catalogue.ts";
import { parseRule } from "../../src/rule/parse.ts";
import type { Database } from "../../src/store/database.ts";
import { loadFacts } from "../../src/store/facts.ts";
import { testSchema } from "../support/schema.ts";

const text = { en: "x", "zh-CN": "x" };
const catalogue = buildCatalogue({
  traits: {
    city: { type: "string", label: text },
    score: { type: "number", label: text },
    limit: { type: "money", label: text },
    vip: { type: "boolean", label: text },
    birthday: { type: "date", label: text },
    tags: { type: "strings", label: text },
  },
  segments: {},
});
const asOf = new Date("2026-04-01T02:00:00Z"); // 10:00 in Shanghai, still 31 March in New York
let db: Database;

beforeAll(async () => {
  ({ db } = await testSchema());
  await sql`
    insert into customers (customer_id, timezone, traits, created_at) values
      ('buyer', null, ${JSON.stringify({ city: "杭州", score: 4.5, limit: 99.9, vip: true, birthday: "1990-02-28", tags: ["vip", 7, "茶"] })}::jsonb, ${asOf}),
      ('traveller', 'America/New_York', ${JSON.stringify({ city: 5, score: "4", limit: "9", vip: "yes", birthday: "2026-02-31", tags: "vip" })}::jsonb, ${asOf}),
      ('nobody', null, '{"score": 1e400, "birthday": "long ago"}', ${asOf})`.execute(db);
  await sql`
    insert into orders (order_id, customer, paid_at, amount, refunded, currency, status, source) values
      ('a', 1, '2026-03-31T15:59:00Z', 10000, 2500, 'CNY', 'paid', 'test'),
      ('b', 1, '2026-03-02T02:00:00Z', 4000, 0, 'CNY', 'paid', 'test'),
      ('c', 1, '2026-03-02T02:00:00.001Z', 1000, 0, 'CNY', 'paid', 'test'),
      ('d', 1, '2024-01-01T00:00:00Z', 3, 0, 'CNY', 'paid', 'test'),
      ('e', 1, '2026-03-30T00:00:00Z', 777, 0, 'CNY', 'cancelled', 'test'),
      ('f', 1, '2026-04-01T02:00:00.001Z', 888, 0, 'CNY', 'paid', 'test'),
      ('g', 2, '2026-03-31T15:59:00Z', 50, 0, 'CNY', 'paid', 'test')`.execute(db);
  await sql`
    insert into order_items (order_id, line, sku, category, qty, price) values
      ('a', 1, 't1', 'tea', 2, 3000), ('a', 2, 'c1', 'cup', 1, 4000), ('b', 1, 't2', 'tea', 0.5, 8000)`.execute(db);
  await sql`
    insert into events (source, event_id, customer_id, customer, type, occurred_at, received_at) values
      ('t', '1', 'buyer', 1, 'check_in', '2026-03-31T15:59:00Z', ${asOf}),
      ('t', '2', 'buyer', 1, 'check_in', '2026-03-31T16:01:00Z', ${asOf}),
      ('t', '3', 'buyer', 1, 'check_in', '2026-03-31T17:00:00Z', ${asOf}),
      ('t', '4', 'buyer', 1, 'page_viewed', '2025-03-31T17:00:00Z', ${asOf}),
      ('t', '5', 'traveller', 2, 'check_in', '2026-03-31T15:59:00Z', ${asOf}),
      ('t', '6', 'buyer', null, 'check_in', '2026-03-31T17:00:00Z', ${asOf})`.execute(db);
  await sql`insert into consents values (1, 'email', 'promotion', true, 'form', ${asOf}), (1, 'sms', 'promotion', false, 'form', ${asOf}), (2, 'email', 'news', true, 'form', ${asOf})`.execute(
    db,
  );
  await sql`
    insert into complaints (id, customer, status, source, opened_at, solved_at) values
      ('1', 1, 'open', 't', '2026-03-01T00:00:00Z', null), ('2', 1, 'solved', 't', '2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z'),
      ('3', 1, 'solved', 't', '2026-03-31T00:00:00Z', '2026-04-02T00:00:00Z'), ('4', 1, 'open', 't', '2026-04-03T00:00:00Z', null)`.execute(
    db,
  );
});

function variable(json: unknown) {
  const { rule, faults } = parseRule(json, { pointer: "", catalogue, expect: "any" });
  if (!rule) throw new Error(JSON.stringify(faults));
  return variablesOf(rule as Ast)[0]!;
}

/** The fact for customers 1, 2, 3 under each name. */
async function factsOf(...asked: unknown[]) {
  const variables = asked.map((one) => variable(typeof one === "string" ? { var: one } : one));
  const facts = await loadFacts(db, { customers: [1, 2, 3], variables, asOf, homeZone: "Asia/Shanghai" });
  return variables.map(({ name }) => [1, 2, 3].map((id) => facts.get(id)![name]));
}

describe("facts", () => {
  test("orders count when paid, at their amount less refunds, in a window that ends now", async () => {
    expect(
      await factsOf(
        "orders.count_30d",
        "orders.sum_30d",
        "orders.count",
        "orders.sum",
        "orders.avg_30d",
        "orders.min",
        "orders.max_30d",
      ),
    ).toEqual([
      [2, 1, 0],
      [8500, 50, 0],
      [4, 1, 0],
      [12503, 50, 0],
      [4250, 50, null],
      [3, 50, null],
      [7500, 50, null],
    ]);
  });

  test("days are those of the customer's zone", async () => {
    expect(await factsOf("orders.last", "orders.first_30d", "days_since.last_order", "days_since.first_order")).toEqual(
      [
        ["2026-03-31", "2026-03-31", null],
        ["2026-03-02", "2026-03-31", null],
        [1, 0, null],
        [821, 0, null],
      ],
    );
  });

  test("events count when they have been reacted to", async () => {
    expect(
      await factsOf(
        "events.check_in.count_7d",
        "events.check_in.days_7d",
        "events.check_in.last",
        "events.check_in.first",
        "days_since.last_event.check_in",
        "events.page_viewed.count_30d",
        "events.page_viewed.count",
      ),
    ).toEqual([
      [3, 1, 0],
      [2, 1, 0],
      ["2026-04-01", "2026-03-31", null],
      ["2026-03-31", "2026-03-31", null],
      [0, 0, null],
      [0, 0, 0],
      [1, 0, 0],
    ]);
  });

  test("complaints are those open at that moment; consent is missing when nobody asked", async () => {
    expect(await factsOf("complaints.open", "consent.email", "consent.sms")).toEqual([
      [2, 0, 0],
      [true, null, null],
      [false, null, null],
    ]);
  });

  test("a trait that is not of its type is missing", async () => {
    const names = ["city", "score", "limit", "vip", "birthday", "tags"].map((name) => `customer.traits.${name}`);
    expect(await factsOf(...names)).toEqual([
      ["杭州", null, null],
      [4.5, null, null],
      [9990, null, null],
      [true, null, null],
      ["1990-02-28", null, null],
      [["vip", "茶"], null, null],
    ]);
  });

  test("items are filtered before they are counted", async () => {
    const where = { "==": [{ var: "item.category" }, "tea"] };
    expect(
      await factsOf(
        { orders: { sum: "amount", where } },
        { orders: { sum: "amount", within: "7d", where } },
        { orders: { sum: "qty", where } },
        { orders: { count: "orders", where: { ">": [{ var: "item.price" }, 30] } } },
        { orders: { last: "day", where: { "==": [{ var: "item.sku" }, "t2"] } } },
        { orders: { sum: "amount", within: "30d" } },
      ),
    ).toEqual([
      [10000, 0, 0],
      [6000, 0, 0],
      [2.5, 0, 0],
      [2, 0, 0],
      ["2026-03-02", null, null],
      [8500, 50, 0],
    ]);
  });

  test("many variables of many customers are one query's work; who does not exist has none", async () => {
    const facts = await loadFacts(db, {
      customers: [1, 99],
      variables: [variable({ var: "customer.id" })],
      asOf,
      homeZone: "UTC",
    });
    expect([...facts]).toEqual([[1, { "customer.id": "buyer" }]]);
    expect(
      await loadFacts(db, { customers: [], variables: [variable({ var: "customer.id" })], asOf, homeZone: "UTC" }),
    ).toEqual(new Map());
  });
});
