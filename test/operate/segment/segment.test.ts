import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import { InputError } from "../../../src/fault.ts";
import { readLibrary } from "../../../src/operate/rules/library.ts";
import { parseAsOf } from "../../../src/operate/as-of.ts";
import {
  countSegment,
  explainMember,
  listSegments,
  segmentMembers,
  type SegmentLibrary,
} from "../../../src/operate/segment/segment.ts";
import { sentences } from "../../../src/rule/explain.ts";
import { setClock } from "../../../src/store/clock.ts";
import type { Database } from "../../../src/store/database.ts";
import { testSchema } from "../../support/schema.ts";

const now = new Date("2026-04-01T02:00:00Z");
const day = 24 * 60 * 60 * 1000;
let db: Database;
let library: SegmentLibrary;

/** days ago and major units of each order, open complaint? */
const BASE: Record<string, { orders: [ago: number, amount: number][]; complaint?: boolean; email?: boolean }> = {
  "c-dormant": {
    orders: [
      [200, 30_000],
      [300, 40_000],
    ],
    email: true,
  },
  "c-dormant-low": { orders: [[200, 49_999.99]] },
  "c-dormant-just": { orders: [[180, 50_000]], email: false },
  "c-recent": { orders: [[179, 60_000]] },
  "c-cross": { orders: [[200, 60_000]], complaint: true },
  "c-champion": {
    orders: [
      [5, 20_000],
      [20, 20_000],
      [40, 20_000],
      [60, 20_000],
      [80, 20_000],
      [100, 20_000],
    ],
  },
  "c-slipping": { orders: [[70, 120_000]] },
  "c-new": { orders: [[3, 10_000]] },
  "c-once": { orders: [[31, 100]] },
  "c-risk": {
    orders: [
      [95, 10],
      [200, 10],
      [210, 10],
    ],
  },
  "c-nobody": { orders: [] },
};

beforeAll(async () => {
  ({ db } = await testSchema());
  ({ library } = await readLibrary(fileURLToPath(new URL("../../../rules", import.meta.url))));
  await setClock(db, now, 0);
  const customers = Object.entries(BASE).map(([id, drawn]) => ({ id, ...drawn }));
  const orders = customers.flatMap(({ id, orders }) =>
    orders.map(([ago, amount], i) => ({
      key: `${id}-${i}`,
      id,
      at: new Date(now.getTime() - ago * day),
      amount: Math.round(amount * 100),
    })),
  );
  await sql`
    insert into customers (customer_id, created_at)
    select id, ${now} from jsonb_to_recordset(${JSON.stringify(customers)}::jsonb) as r (id text)`.execute(db);
  await sql`
    insert into orders (order_id, customer, paid_at, amount, currency, source)
    select key, c.id, at, amount, 'CNY', 'test'
    from jsonb_to_recordset(${JSON.stringify(orders)}::jsonb) as r (key text, id text, at timestamptz, amount bigint)
    join customers c on c.customer_id = r.id`.execute(db);
  await sql`
    insert into complaints (id, customer, source, opened_at)
    select 'x' || c.id, c.id, 'test', ${new Date(now.getTime() - day)}
    from jsonb_to_recordset(${JSON.stringify(customers)}::jsonb) as r (id text, complaint boolean)
    join customers c on c.customer_id = r.id where complaint`.execute(db);
  await sql`
    insert into consents (customer, channel, granted, source, at)
    select c.id, 'email', email, 'test', ${now}
    from jsonb_to_recordset(${JSON.stringify(customers)}::jsonb) as r (id text, email boolean)
    join customers c on c.customer_id = r.id where email is not null`.execute(db);
  await sql`
    insert into events (source, event_id, customer_id, customer, type, occurred_at, received_at)
    select 't', n::text, 'c-nobody', c.id, 'check_in', ${now}::timestamptz - n * interval '1 day', ${now}
    from generate_series(1, 3) as n, customers c where c.customer_id = 'c-nobody'`.execute(db);
  const times: [customer: string, type: string, times: number][] = [
    ["c-cross", "complaint.opened", 3],
    ["c-risk", "complaint.opened", 2],
    ["c-slipping", "coupon.redeemed", 2],
    ["c-champion", "coupon.redeemed", 2],
    ["c-once", "coupon.redeemed", 1],
  ];
  await sql`
    insert into events (source, event_id, customer_id, customer, type, occurred_at, received_at)
    select type, r.id || n, r.id, c.id, type, ${now}::timestamptz - n * interval '10 days', ${now}
    from jsonb_to_recordset(${JSON.stringify(times.map(([id, type, times]) => ({ id, type, times })))}::jsonb) as r (id text, type text, times int)
    join customers c on c.customer_id = r.id, generate_series(1, times) as n`.execute(db);
  await sql`
    update customers set traits = jsonb_build_object('lunar_birthday', customer_id = 'c-once', 'birthday', case customer_id
      when 'c-new' then '1990-04-01' when 'c-once' then '1988-04-07' when 'c-risk' then '1990-04-08' end)
    where customer_id in ('c-new', 'c-once', 'c-risk')`.execute(db);
});

async function members(id: string, asOf?: Date): Promise<string[]> {
  return (await segmentMembers(db, library, id, { limit: 100 }, asOf)).map(({ customer }) => customer);
}

describe("the library's segments, on a hand-made base", () => {
  test.each([
    ["mid-value-dormant", ["c-dormant", "c-dormant-just"]],
    ["dormant", ["c-cross", "c-dormant", "c-dormant-just", "c-dormant-low"]],
    ["dormant-reachable", ["c-dormant"]],
    ["at-risk", ["c-risk"]],
    ["high-value", ["c-champion", "c-slipping"]],
    ["high-value-slipping", ["c-slipping"]],
    ["champions", ["c-champion"]],
    ["new", ["c-new"]],
    ["one-time-buyers", ["c-cross", "c-dormant-just", "c-dormant-low", "c-once", "c-recent", "c-slipping"]],
    ["never-bought", ["c-nobody"]],
    ["engaged-not-buying", ["c-nobody"]],
    ["open-complaint", ["c-cross"]],
    ["birthday-this-week", ["c-new", "c-once"]],
    ["birthday-by-moon", ["c-once"]],
    ["mid-value", ["c-new"]],
    ["frequent-complainers", ["c-cross"]],
    ["coupon-hunters", ["c-slipping"]],
    // nobody here has been scored; score.test.ts has members for them
    ["high-churn-high-value", []],
    ["promising-next-year", []],
  ])("%s", async (id, expected) => {
    expect(await members(id)).toEqual(expected);
    expect(await countSegment(db, library, id)).toMatchObject({
      id,
      members: expected.length,
      customers: 11,
      asOf: now,
    });
  });

  test("each of them is tried above", () => {
    expect(listSegments(library)).toHaveLength(19);
    for (const { name, why } of listSegments(library))
      expect([name.en, name["zh-CN"], why.en, why["zh-CN"]]).not.toContain("");
  });
});

describe("membership", () => {
  test("can be asked of another day", async () => {
    expect(await members("mid-value-dormant", new Date(now.getTime() + day))).toEqual([
      "c-dormant",
      "c-dormant-just",
      "c-recent",
    ]);
    expect(await members("open-complaint", new Date(now.getTime() - 2 * day))).toEqual([]);
  });

  test("comes in pages that meet without gap or overlap, with what was found", async () => {
    const first = await segmentMembers(db, library, "dormant", { limit: 2 });
    const second = await segmentMembers(db, library, "dormant", { limit: 2, after: first[1]!.customer });
    expect([...first, ...second].map(({ customer }) => customer)).toEqual(await members("dormant"));
    expect(first[1]).toMatchObject({
      customer: "c-dormant",
      found: [{ name: "days_since.last_order", value: 200, shown: { en: "200" } }],
    });
  });

  test("is explained for one customer", async () => {
    const explanation = await explainMember(db, library, "mid-value-dormant", "c-recent");
    expect(explanation).toMatchObject({ member: false, customer: "c-recent", name: { en: "Mid-value, dormant" } });
    expect(explanation.obstacles.flatMap((one) => sentences(one, "zh-CN"))).toEqual([
      "✗ 距最近一次下单的天数 ≥ 180（实际：179）",
    ]);
    expect((await explainMember(db, library, "mid-value-dormant", "c-dormant")).member).toBe(true);
  });

  test("a wrong name is refused with the nearest one", async () => {
    await expect(countSegment(db, library, "dormnat")).rejects.toMatchObject({
      faults: [{ hint: { en: 'did you mean "dormant"?' } }],
    });
    await expect(countSegment(db, library, "toString")).rejects.toThrow(InputError);
    await expect(explainMember(db, library, "dormant", "nobody-known")).rejects.toThrow(/no such customer/);
  });

  test("a segment with faults says where to look", async () => {
    const broken = { ...library, broken: { ...library.broken, segments: ["half-done"] } };
    await expect(countSegment(db, broken, "half-done")).rejects.toThrow(/rekindle validate/);
  });
});

describe("--as-of", () => {
  test("a day means its end, a time is read in the home's zone", () => {
    expect(parseAsOf("2026-04-01", "Asia/Shanghai").toISOString()).toBe("2026-04-01T15:59:59.999Z");
    expect(parseAsOf("2026-04-01T10:00", "Asia/Shanghai").toISOString()).toBe("2026-04-01T02:00:00.000Z");
    expect(parseAsOf("2026-04-01T10:00Z", "Asia/Shanghai").toISOString()).toBe("2026-04-01T10:00:00.000Z");
    expect(() => parseAsOf("next week", "Asia/Shanghai")).toThrow(/not a time/);
  });
});
