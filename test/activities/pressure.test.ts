import { sql } from "kysely";
import { expect, test } from "vitest";
import type { CouponPool, Policy, SendStep } from "../../src/campaign/program.ts";
import { testSchema } from "../support/schema.ts";
import { at, code, count, enrolled, LAUNCH, newCustomers, programOf } from "./world.ts";
import { happen } from "../intake/world.ts";
import type { Completed } from "../../workflows/contract.ts";
import { createActivities } from "../../activities/index.ts";

const { db } = await testSchema();
/** More by hand: REKINDLE_PRESSURE=5000 npx vitest run test/activities/pressure.test.ts */
const CUSTOMERS = Number(process.env.REKINDLE_PRESSURE ?? 600);
const RUNS = 8;
const COHORT = 500;

const pool: CouponPool = {
  id: "scarce",
  name: { en: "Ten off", "zh-CN": "立减十元" },
  amountOff: 1000,
  minimum: 0,
  validFor: { days: 14, minutes: 0 },
  prefix: "TEN",
  limit: Math.floor(CUSTOMERS * 0.7),
};
const mail = (id: string, more: Partial<SendStep> = {}): SendStep => ({
  kind: "send",
  id,
  channels: ["email"],
  template: "invite",
  sendKind: "promotion",
  topic: "promotion",
  validFor: { days: 2, minutes: 0 },
  ...more,
});
const policy: Policy = {
  caps: [
    { sendKind: "promotion", max: 2, days: 1 },
    { tag: "sale", max: 1, days: 7 },
  ],
  problemFirst: false,
};

test(
  "eight runs over the same customers, all at once, keep to every cap and to the pool, and nobody hears of a deadlock",
  { timeout: 300_000 },
  async () => {
    await at(db, LAUNCH);
    const customers = await newCustomers(db, CUSTOMERS);
    const steps = {
      hello: mail("hello", { tags: ["sale"] }),
      offer: mail("offer", { coupon: "scarce" }),
      bye: mail("bye"),
    };
    const program = programOf(steps, { policy, coupons: { scarce: pool } });
    const { act } = createActivities({ db, channels: ["email"], wake: () => undefined });
    // each run has its members in an order of its own, in cohorts of five hundred
    const worlds = await Promise.all(
      Array.from({ length: RUNS }, async (_, run) => {
        const members = [...customers.slice(run * 50), ...customers.slice(0, run * 50)];
        const parts = Array.from({ length: Math.ceil(members.length / COHORT) }, (_, i) =>
          members.slice(i * COHORT, (i + 1) * COHORT),
        );
        return Promise.all(parts.map((part) => enrolled(db, { program, customers: part })));
      }),
    );
    const outcomes: Completed[] = [];
    const play = async (run: number) => {
      for (const step of Object.keys(steps)) {
        for (const world of worlds[run]!) outcomes.push(...(await act(world.batch(step))));
      }
    };
    // meanwhile the same customers buy, and are locked by others in their own order
    const { rows } = await sql<{
      id: string;
    }>`select customer_id as id from customers order by random() limit 200`.execute(db);
    const buying = async () => {
      for (let i = 0; i < rows.length; i += 20) {
        await happen(
          db,
          ...rows.slice(i, i + 20).map(({ id }) => ({
            source: "test",
            id: `buy-${id}`,
            type: "order.paid",
            customerId: id,
            occurredAt: null,
            data: { order_id: `O-${id}`, amount: 10 },
          })),
        );
      }
    };
    await Promise.all([...worlds.map((_, run) => play(run)), buying()]);

    expect(outcomes.filter(({ outcome }) => outcome === code("failed"))).toEqual([]);
    const most = await sql<{ promotions: number; sales: number }>`
    select max(promotions)::int as promotions, max(sales)::int as sales from (
      select count(*) as promotions, count(*) filter (where 'sale' = any(tags)) as sales from messages group by customer) m`.execute(
      db,
    );
    expect(most.rows).toEqual([{ promotions: 2, sales: 1 }]);
    // caps are used up, not only kept: everybody got the two they may get
    expect(await count(db, "messages")).toBe(CUSTOMERS * 2);
    const coupons = await count(db, "coupons");
    expect(coupons).toBeLessThanOrEqual(pool.limit);
    const left = await sql`select reserved from coupon_pools where id = 'scarce'`.execute(db);
    expect(left.rows).toEqual([{ reserved: coupons }]);
    expect(await count(db, "orders")).toBe(rows.length);
  },
);
