import { readFile } from "node:fs/promises";
import { sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import type { Library } from "../../../src/campaign/library.ts";
import type { Scoring } from "../../../src/campaign/scoring.ts";
import { readLibrary } from "../../../src/operate/rules/library.ts";
import { explainScores } from "../../../src/operate/score/explain.ts";
import { scoreBase } from "../../../src/operate/score/score.ts";
import { readScoring } from "../../../src/operate/score/scoring.ts";
import { sentences } from "../../../src/rule/explain.ts";
import { setClock } from "../../../src/store/clock.ts";
import type { Database } from "../../../src/store/database.ts";
import { testSchema } from "../../support/schema.ts";
import { copyOfRules } from "../support/rules.ts";

const now = new Date("2026-04-01T02:00:00Z");
const DAY = 86_400_000;
let db: Database;
let library: Library;
let scoring: Scoring;

/** Each order as days ago and major units; each event as days ago. */
const BASE = [
  {
    id: "C001",
    orders: [
      [1_090, 100_000],
      [300, 70_000],
      [20, 80_000],
    ],
    enquiry: [],
    complaint: [],
  },
  {
    id: "C002",
    orders: [
      [360, 40_000],
      [95, 40_000],
    ],
    enquiry: [],
    complaint: [],
  },
  {
    id: "C003",
    orders: [
      [180, 10_000],
      [10, 20_000],
    ],
    enquiry: [1, 2, 5, 9, 12, 20, 33, 50],
    complaint: [],
  },
  {
    id: "C004",
    orders: [
      [730, 15_000],
      [40, 20_000],
    ],
    enquiry: [],
    complaint: [3, 12],
  },
];

beforeAll(async () => {
  ({ db } = await testSchema());
  ({ library } = await readLibrary("rules"));
  ({ scoring } = await readScoring("rules", library));
  await setClock(db, now, 0);
  const at = (ago: number) => new Date(now.getTime() - ago * DAY).toISOString();
  const orders = BASE.flatMap(({ id, orders }) =>
    orders.map(([ago, amount], i) => ({ id, key: `${id}-${i}`, at: at(ago!), amount: amount! * 100 })),
  );
  const events = BASE.flatMap(({ id, enquiry, complaint }) => [
    ...enquiry.map((ago, i) => ({ id, key: `${id}-e${i}`, at: at(ago), type: "enquiry" })),
    ...complaint.map((ago, i) => ({ id, key: `${id}-c${i}`, at: at(ago), type: "complaint.opened" })),
  ]);
  await sql`
    insert into customers (customer_id, created_at)
    select id, ${now} from jsonb_to_recordset(${JSON.stringify(BASE)}::jsonb) as r (id text) order by id`.execute(db);
  await sql`
    insert into orders (order_id, customer, paid_at, amount, currency, source)
    select key, c.id, at, amount, 'CNY', 'test'
    from jsonb_to_recordset(${JSON.stringify(orders)}::jsonb) as r (key text, id text, at timestamptz, amount bigint)
    join customers c on c.customer_id = r.id`.execute(db);
  await sql`
    insert into events (source, event_id, customer_id, customer, type, occurred_at, received_at, reacted_at)
    select 'test', key, r.id, c.id, type, at, at, at
    from jsonb_to_recordset(${JSON.stringify(events)}::jsonb) as r (key text, id text, at timestamptz, type text)
    join customers c on c.customer_id = r.id`.execute(db);
});

async function tiers(with_: Scoring): Promise<Record<string, string>> {
  await scoreBase(db, { home: library.home, scoring: with_ });
  const { rows } = await sql<{ id: string; tier: string }>`
    select c.customer_id as id, tier from customer_scores s join customers c on c.id = s.customer order by 1`.execute(
    db,
  );
  return Object.fromEntries(rows.map(({ id, tier }) => [id, tier]));
}

const EXPECTED = { C001: "high", C002: "mid", C003: "potential", C004: "risk" };

describe("the four customers of the planning meeting", () => {
  test("by percentile, as the library declares it", async () => {
    expect(await tiers(scoring)).toEqual(EXPECTED);
  });

  test("by absolute thresholds", async () => {
    const rules = await copyOfRules();
    const json = {
      dimensions: {
        value: { weight: 5, measures: [{ of: { var: "orders.sum_365d" }, full: 100_000 }] },
        depth: { weight: 3, measures: [{ of: { var: "days_since.first_order" }, full: 1_000 }] },
        interaction: { weight: 2, measures: [{ of: { var: "events.enquiry.count_180d" }, full: 10 }] },
        risk: { measures: [{ of: { var: "events.complaint.opened.count_180d" }, full: 2 }] },
      },
      tiers: [
        { id: "high", name: { en: "High", "zh-CN": "高" }, atLeast: 70 },
        { id: "mid", name: { en: "Mid", "zh-CN": "中" }, atLeast: 45 },
        { id: "potential", name: { en: "Potential", "zh-CN": "潜力" }, atLeast: 20 },
        { id: "risk", name: { en: "Risk", "zh-CN": "风险" } },
      ],
      override: { atLeast: 60, tier: "risk" },
    };
    await rules.write("tiers.json", json);
    const absolute = await readScoring(rules.dir, library);
    expect(absolute.faults).toEqual([]);
    expect(await tiers(absolute.scoring)).toEqual(EXPECTED);
    // money in the file is in major units: 80,000 of 100,000 is 80 points
    const { rows } = await sql<{ value: number }>`
      select tier_value as value from customer_scores s join customers c on c.id = s.customer
      where customer_id = 'C002'`.execute(db);
    expect(rows[0]!.value).toBeCloseTo(80, 9);
    // without the override the complaints are forgiven
    await rules.write("tiers.json", { ...json, override: undefined });
    expect(await tiers((await readScoring(rules.dir, library)).scoring)).toMatchObject({ C004: "potential" });
  });

  test("are explained like rules: what counted, what did not", async () => {
    await tiers(scoring);
    const found = await explainScores(db, library, scoring, "C003");
    expect(found).toMatchObject({ tier: "potential", stage: "growth", leadScore: 50 });
    expect(found.tierScores!.interaction).toBe(100);
    const counted = found.lead.filter(({ rule }) => rule.holds);
    expect(counted.reduce((sum, { points }) => sum + points, 0)).toBe(found.leadScore);
    expect(counted.map(({ points }) => points)).toEqual([30, 20]);
    expect(sentences(counted[1]!.rule, "zh-CN")).toEqual(["✓ 距最近一次下单的天数 ≤ 90（实际：10）"]);
    expect(found.stages.map(({ name }) => name.en)).toEqual([
      "Potential",
      "Lost",
      "New",
      "Declining",
      "Mature",
      "Growth",
    ]);
  });
});

test.each(["docs/scores.md", "docs/scores.zh-CN.md"])("the files that %s shows are sound", async (page) => {
  const blocks = [...(await readFile(page, "utf8")).matchAll(/```json\n([\s\S]*?)```/g)].map((match) => match[1]!);
  const rules = await copyOfRules();
  for (const block of blocks) await rules.write(`${/schema\/([a-z-]+)\.schema/.exec(block)![1]}.json`, block);
  const { scoring: shown, faults } = await readScoring(rules.dir, library);
  expect(blocks).toHaveLength(3);
  expect(faults).toEqual([]);
  expect(shown).toMatchObject({
    tiers: { override: { tier: "risk" } },
    stages: [{}, {}, { id: "active" }],
    leadScore: [{}, {}],
  });
});

describe("what is wrong in tiers.json, stages.json and lead-score.json is told by place", () => {
  test.each([
    ["tiers.json", '"share": 0.1,', '"share": 0.3,', "/tiers", /add up to 1.2/],
    ["tiers.json", '"share": 0.1,', "", "/tiers", /each tier needs a share/],
    ["tiers.json", '"share": 0.1,', '"atLeast": 10,', "/tiers", /not both/],
    ["tiers.json", '"id": "mid"', '"id": "high"', "/tiers/1/id", /twice/],
    ["tiers.json", '"tier": "risk"', '"tier": "rsik"', "/override/tier", /no tier "rsik"/],
    ["tiers.json", "value.next_365d", "value.next_365", "/dimensions/value/measures/1/of/var", /unknown variable/],
    ["tiers.json", "value.next_365d", "lead.score", "/dimensions/value/measures/1/of", /worked out by this very/],
    [
      "tiers.json",
      '{ "var": "orders.sum_365d" }',
      '{ "var": "customer.traits.city" }',
      "/dimensions/value/measures/0/of",
      /a number/,
    ],
    ["stages.json", '"id": "new"', '"id": "lost"', "/stages/2/id", /twice/],
    [
      "stages.json",
      '"<=": [{ "var": "days_since.first_order" }, 30]',
      '"<=": [{ "var": "tier" }, 30]',
      "/stages/2/when",
      /./,
    ],
    ["lead-score.json", '"points": 30', '"points": "30"', "/points/0/points", /number/],
    [
      "lead-score.json",
      "events.enquiry.count_30d",
      "events.enquiry.cuont_30d",
      "/points/0/when/>=/0/var",
      /unknown variable/,
    ],
  ])("%s: %s → %s", async (file, from, to, pointer, message) => {
    const rules = await copyOfRules();
    await rules.edit(file, from, to);
    const { faults, scoring: read } = await readScoring(rules.dir, library);
    const fault = faults.find((each) => each.pointer.startsWith(pointer));
    expect(fault?.message.en).toMatch(message);
    expect(fault?.file).toMatch(new RegExp(`${file}$`));
    expect(Object.keys(read)).toHaveLength(2);
  });

  test("a stage that hides all later ones is refused", async () => {
    const rules = await copyOfRules();
    await rules.edit("stages.json", /,\s*"when": \{ "==": \[\{ "var": "orders.count" \}, 0\] \}/, "");
    const { faults } = await readScoring(rules.dir, library);
    expect(faults).toMatchObject([{ pointer: "/stages/0", message: { en: expect.stringMatching(/takes everybody/) } }]);
  });

  test("rules/ without these files is fine, and then nobody has a tier", async () => {
    expect(await readScoring("test", library)).toEqual({ scoring: {}, faults: [] });
    expect(await tiers({})).toEqual({ C001: null, C002: null, C003: null, C004: null });
  });
});
