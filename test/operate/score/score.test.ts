import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import type { Library } from "../../../src/campaign/library.ts";
import type { Scoring } from "../../../src/campaign/scoring.ts";
import { readLibrary } from "../../../src/operate/rules/library.ts";
import { explainScores } from "../../../src/operate/score/explain.ts";
import { scoreBase, type ScoreReport, STEPS } from "../../../src/operate/score/score.ts";
import { readScoring } from "../../../src/operate/score/scoring.ts";
import { segmentMembers } from "../../../src/operate/segment/segment.ts";
import { expectedPurchases, fitBgNbd, probabilityAlive } from "../../../src/stats/bg-nbd.ts";
import { expectedValue } from "../../../src/stats/gamma-gamma.ts";
import { setClock } from "../../../src/store/clock.ts";
import type { Database } from "../../../src/store/database.ts";
import { loadFacts } from "../../../src/store/facts.ts";
import { gatherPurchases, loadHistories } from "../../../src/store/score/purchase.ts";
import { testSchema } from "../../support/schema.ts";
import { type Stored, storeCdnow } from "../support/cdnow.ts";

const DAY = 86_400_000;
const now = new Date("2026-04-01T02:00:00Z");
let db: Database;
let library: Library;
let scoring: Scoring;
let stored: Stored[];
let report: ScoreReport;
const steps: string[] = [];

interface Row {
  id: string;
  rfm_recency: number;
  rfm_frequency: number;
  rfm_monetary: number;
  churn_risk: number | null;
  orders_30d: number;
  orders_365d: number;
  order_value: number;
  value_365d: number;
  stage: string;
  tier: string | null;
}

beforeAll(async () => {
  ({ db } = await testSchema());
  const rules = fileURLToPath(new URL("../../../rules", import.meta.url));
  ({ library } = await readLibrary(rules));
  ({ scoring } = await readScoring(rules, library));
  await setClock(db, now, 0);
  stored = await storeCdnow(db, now);
  await sql`insert into customers (customer_id, created_at) values ('never', ${now})`.execute(db);
  report = await score((step) => steps.push(step));
});

function score(onStep?: (step: string) => void, asOf?: Date): Promise<ScoreReport> {
  return scoreBase(db, { home: library.home, scoring, ...(onStep && { onStep }), ...(asOf && { asOf }) });
}

async function rows(): Promise<Map<string, Row>> {
  const found = await sql<Row>`
    select c.customer_id as id, s.* from customer_scores s join customers c on c.id = s.customer`.execute(db);
  return new Map(found.rows.map((row) => [row.id, row]));
}

describe("a base of known behaviour, as orders in Postgres", () => {
  test("gives the published fit, in days", () => {
    expect(report.bought).toEqual({ buyers: 2357, repeatBuyers: 946 });
    expect(report.customers).toBe(2358);
    if (!("r" in report.churn)) throw new Error("no fit");
    const { r, alpha, a, b } = report.churn;
    // the file rounds weeks to hundredths, so that a day is met exactly
    expect(r).toBeCloseTo(0.243, 3);
    expect(alpha / 7).toBeCloseTo(4.414, 2);
    expect(a).toBeCloseTo(0.793, 2);
    expect(b).toBeCloseTo(2.426, 2);
    expect(steps).toEqual(STEPS);
  });

  test("gives nearly the same fit when times are rounded, as they are in large bases", async () => {
    const rounded = await db.transaction().execute(async (tx) => {
      await gatherPurchases(tx, { asOf: now, homeZone: library.home.timezone });
      return fitBgNbd(await loadHistories(tx, 0));
    });
    if (!("r" in report.churn)) throw new Error("no fit");
    for (const name of ["r", "alpha", "a", "b"] as const)
      expect(Math.abs(rounded[name] / report.churn[name] - 1)).toBeLessThan(0.02);
  });

  test("each customer's expectations are the models'", async () => {
    const found = await rows();
    if (!("r" in report.churn) || !("p" in report.value)) throw new Error("no fit");
    const { churn, value } = report;
    expect([...found.values()].some((row) => row.order_value > 0)).toBe(true);
    for (const { id, x, tx, t, worth } of stored) {
      const row = found.get(id)!;
      const alive = probabilityAlive(churn, x, tx, t);
      expect(row.churn_risk === null).toBe(x === 0);
      if (x > 0) expect(row.churn_risk).toBeCloseTo(1 - alive, 9);
      expect(row.orders_30d).toBeCloseTo(alive * expectedPurchases(churn, x, t, 30), 9);
      expect(row.orders_365d).toBeCloseTo(alive * expectedPurchases(churn, x, t, 365), 9);
      expect(row.order_value).toBe(Math.round(expectedValue(value, x + 1, worth)!));
      expect(Math.abs(row.value_365d - row.orders_365d * row.order_value)).toBeLessThanOrEqual(0.5001);
    }
    expect(found.get("never")).toMatchObject({ churn_risk: null, orders_365d: null, rfm_group: null, tier: null });
  });

  test("RFM scores are fifths by the share of buyers who do worse; ties share one", async () => {
    const found = await rows();
    const check = (of: (one: Stored) => number, column: "rfm_recency" | "rfm_frequency" | "rfm_monetary") => {
      const sorted = stored.map(of).toSorted((a, b) => a - b);
      for (const one of stored) {
        const worse = sorted.findIndex((each) => each >= of(one));
        expect(found.get(one.id)![column]).toBe(1 + Math.floor((5 * worse) / stored.length));
      }
    };
    check(({ tx, t }) => tx - t, "rfm_recency");
    check(({ x }) => x, "rfm_frequency");
    check(({ x, worth }) => (x + 1) * worth, "rfm_monetary");
    expect(Object.values(report.rfm).reduce((all, n) => all + n, 0)).toBe(2357);
  });

  test("sizes of tiers follow the declared shares, apart from those who are moved for their risk", async () => {
    const moved = [...(await rows()).values()].filter((row) => row.tier !== null);
    expect(moved).toHaveLength(2357);
    expect(Object.values(report.tiers).reduce((all, n) => all + n, 0)).toBe(2357);
    const { rows: kept } = await sql<{ high: number }>`
      select count(*) as high from customer_scores where tier = 'high' and tier_risk < 50`.execute(db);
    expect(kept[0]!.high).toBe(report.tiers.high);
    expect(report.tiers.high).toBeGreaterThan(2357 * 0.08);
    expect(report.tiers.high).toBeLessThanOrEqual(Math.ceil(2357 * 0.1));
    expect(Object.values(report.stages).reduce((all, n) => all + n, 0)).toBe(2358);
    expect(report.stages.potential).toBe(1);
  });

  test("rules read the scores: for one customer the same as for a base", async () => {
    const members = (await segmentMembers(db, library, "high-churn-high-value", { limit: 5_000 })).map(
      ({ customer }) => customer,
    );
    const found = await rows();
    const expected = [...found.values()].filter((row) => (row.churn_risk ?? 0) >= 0.6 && row.rfm_monetary >= 4);
    expect(members).toEqual(expected.map(({ id }) => id).toSorted());
    expect(members.length).toBeGreaterThan(10);
    const variables = library.catalogue.described
      .filter(({ source }) => source === "customer_scores")
      .map(({ name }) => library.catalogue.variable(name)!)
      .map(({ name, type, source }) => ({ name, type: type as "number", source }));
    const { rows: ids } = await sql<{
      id: number;
    }>`select id from customers where customer_id = ${members[0]!}`.execute(db);
    const facts = await loadFacts(db, {
      customers: [ids[0]!.id],
      variables,
      asOf: now,
      homeZone: library.home.timezone,
    });
    const own = facts.get(ids[0]!.id)!;
    const row = found.get(members[0]!)!;
    expect(own).toMatchObject({ "churn.risk": row.churn_risk, "value.next_365d": row.value_365d, stage: row.stage });
    expect(Object.values(own)).not.toContain(null);
  });

  test("asking of another day stores nothing", async () => {
    const before = await rows();
    const then = await score(undefined, new Date(now.getTime() - 60 * DAY));
    expect(then).toMatchObject({ stored: false, changes: { stage: expect.any(Number) } });
    expect(then.changes.stage).toBeGreaterThan(0);
    expect(await rows()).toEqual(before);
    expect((await sql`select from score_changes`.execute(db)).rows).toEqual([]);
    expect((await sql`select from score_runs`.execute(db)).rows).toHaveLength(1);
  });

  test("a customer who moves on is written down, and an event tells of it", async () => {
    const before = (await rows()).get("never")!.stage;
    await setClock(db, new Date(now.getTime() + DAY), 0);
    await sql`
      insert into orders (order_id, customer, paid_at, amount, currency, source)
      select 'first', id, ${now}, 5000, 'CNY', 'test' from customers where customer_id = 'never'`.execute(db);
    const again = await score();
    expect([before, (await rows()).get("never")!.stage]).toEqual(["potential", "new"]);
    const { rows: events } = await sql`
      select customer_id, type, data, reacted_at from events where customer_id = 'never'`.execute(db);
    expect(events).toEqual([
      { customer_id: "never", type: "stage.changed", data: { from: "potential", to: "new" }, reacted_at: null },
    ]);
    const { rows: told } = await sql<{ n: number }>`
      select count(*) as n from events where source = 'rekindle/score'`.execute(db);
    expect(told[0]!.n).toBe(again.changes.stage + again.changes.tier);
    const explained = await explainScores(db, library, scoring, "never");
    expect(explained).toMatchObject({ stage: "new", changes: [{ what: "stage", was: "potential", became: "new" }] });
    // scoring again without news changes nothing
    expect((await score()).changes).toEqual({ tier: 0, stage: 0 });
  });
});

test("who is promising is asked of expected value and stage together", async () => {
  await sql`
    update customer_scores s set value_365d = v.value, stage = v.stage
    from customers c, (values ('cd-1', 1000000, 'new'), ('cd-2', 999999, 'growth'), ('cd-3', 2000000, 'lost'))
      as v (id, value, stage)
    where c.id = s.customer and c.customer_id = v.id`.execute(db);
  const promising = await segmentMembers(db, library, "promising-next-year", { limit: 10 });
  expect(promising.map(({ customer }) => customer)).toEqual(["cd-1"]);
});

describe("few customers", () => {
  test("the models keep silent rather than guess, everything else is there", async () => {
    const { db: small } = await testSchema();
    await setClock(small, now, 0);
    await sql`insert into customers (customer_id, created_at) values ('one', ${now})`.execute(small);
    await sql`
      insert into orders (order_id, customer, paid_at, amount, currency, source)
      select 'o' || n, id, ${now}::timestamptz - n * interval '20 days', 5000, 'CNY', 'test'
      from customers, generate_series(1, 3) n`.execute(small);
    const few = await scoreBase(small, { home: library.home, scoring });
    expect(few).toMatchObject({ churn: { unavailable: "too-few" }, value: { unavailable: "too-few" } });
    expect(few).toMatchObject({ tiers: { high: 1 }, stages: { growth: 1 }, expected: { customers: 0 } });
    await expect(explainScores(small, library, scoring, "two")).rejects.toThrow(/no such customer/);
  });

  test("nobody at all", async () => {
    const { db: empty } = await testSchema();
    expect(await scoreBase(empty, { home: library.home, scoring: {} })).toMatchObject({ customers: 0, rfm: {} });
  });
});
