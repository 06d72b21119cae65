import { sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import type { Variable } from "../../src/rule/ast.ts";
import { type Database, transaction } from "../../src/store/database.ts";
import { loadFacts } from "../../src/store/facts.ts";
import { insertOrders, type NewOrder, refundOrders } from "../../src/store/order.ts";
import { asOf, catalogue, drawBase, homeZone } from "../rule/support/base.ts";
import { testSchema } from "../support/schema.ts";

const CUSTOMERS = 120;
const ids = Array.from({ length: CUSTOMERS }, (_, i) => i + 1);
let db: Database;

beforeAll(async () => {
  ({ db } = await testSchema());
  await drawBase(db, CUSTOMERS, 11);
});

/** Rows of the summary that are not what the orders themselves say. */
async function wrong(): Promise<unknown[]> {
  const { rows } = await sql`
    select * from (
      select customer, count(*) as orders, sum(amount - refunded) as spent, min(amount - refunded) as smallest,
             max(amount - refunded) as largest, min(paid_at) as first_at, max(paid_at) as last_at
      from orders where status = 'paid' group by customer) o
    full join (select * from customer_orders where orders > 0) s using (customer)
    where (o.orders, o.spent, o.smallest, o.largest, o.first_at, o.last_at)
      is distinct from (s.orders, s.spent, s.smallest, s.largest, s.first_at, s.last_at)`.execute(db);
  return rows;
}

const order = (id: string, customer: number, amount: number, more: Partial<NewOrder> = {}): NewOrder => ({
  orderId: id,
  customer,
  paidAt: asOf,
  amount,
  currency: "CNY",
  status: "paid",
  source: "test",
  ...more,
});

describe("the summary row of a customer's orders", () => {
  test("follows orders however they change", async () => {
    expect(await wrong()).toEqual([]);
    await transaction(db, (tx) => insertOrders(tx, [order("n-1", 1, 500), order("n-2", 1, 700), order("n-3", 2, 9)]));
    expect(await wrong()).toEqual([]);
    await transaction(db, (tx) => insertOrders(tx, [order("p-1", 3, 500, { status: "pending" })]));
    await transaction(db, (tx) => insertOrders(tx, [order("p-1", 3, 600)]));
    expect(await wrong()).toEqual([]);
    await transaction(db, (tx) =>
      refundOrders(tx, [
        { orderId: "n-1", amount: 100, status: "refunded" },
        { orderId: "n-2", status: "cancelled" },
      ]),
    );
    expect(await wrong()).toEqual([]);
    await sql`update orders set customer = 4 where customer in (1, 5)`.execute(db);
    await sql`update orders set paid_at = paid_at - interval '1 day' where customer in (6, 7)`.execute(db);
    expect(await wrong()).toEqual([]);
    await sql`delete from order_items`.execute(db);
    await sql`delete from orders where customer between 8 and 20`.execute(db);
    expect(await wrong()).toEqual([]);
  });

  test("holds when many write orders of the same customers at once", async () => {
    const work = Array.from({ length: 24 }, (_, i) => async () => {
      const customers = [30 + (i % 3), 33];
      for (let n = 0; n < 5; n++) {
        const orders = customers.map((customer) => order(`c-${i}-${n}-${customer}`, customer, i * 100 + n));
        // as everybody who writes does, except that nobody locks the customers: the summary must hold by itself
        await transaction(db, (tx) => insertOrders(tx, orders));
        await transaction(db, (tx) => refundOrders(tx, [{ orderId: orders[0]!.orderId, status: "refunded" }]));
      }
    });
    await Promise.all(work.map((one) => one()));
    expect(await wrong()).toEqual([]);
  });

  test("an aggregate is what the orders themselves say, at any moment, in any window", async () => {
    const from: Record<string, string> = {
      "": "'-infinity'",
      _30d: "$now - interval '720 hours'",
      _365d: "$now - interval '8760 hours'",
      _this_month: "(date_trunc('month', $now at time zone $zone)) at time zone $zone - interval '1 microsecond'",
      _last_quarter:
        "(date_trunc('quarter', $now at time zone $zone) - interval '3 months') at time zone $zone - interval '1 microsecond'",
      _this_week: "(date_trunc('week', $now at time zone $zone)) at time zone $zone - interval '1 microsecond'",
    };
    const to: Record<string, string> = {
      _last_quarter: "(date_trunc('quarter', $now at time zone $zone)) at time zone $zone - interval '1 microsecond'",
    };
    const of: Record<string, string> = {
      count: "count(*)::float8",
      sum: "coalesce(sum(amount - refunded), 0)::float8",
      avg: "avg(amount - refunded)::float8",
      min: "min(amount - refunded)::float8",
      max: "max(amount - refunded)::float8",
      first: "to_char(min(paid_at) at time zone $zone, 'YYYY-MM-DD')",
      last: "to_char(max(paid_at) at time zone $zone, 'YYYY-MM-DD')",
    };
    const names = Object.keys(from).flatMap((window) => Object.keys(of).map((word) => `orders.${word}${window}`));
    const day = 86_400_000;
    for (const moment of [asOf, new Date(asOf.getTime() - 40 * day), new Date(asOf.getTime() + 2 * day)]) {
      const columns = Object.keys(from).flatMap((window) =>
        Object.keys(of).map(
          (word) => `(select ${of[word]} from orders o where o.customer = c.id and status = 'paid'
            and paid_at > ${from[window]} and paid_at <= ${to[window] ?? "$now"}) as "orders.${word}${window}"`,
        ),
      );
      const text = columns
        .join(", ")
        .replaceAll("$now", `'${moment.toISOString()}'::timestamptz`)
        .replaceAll("$zone", `coalesce(c.timezone, '${homeZone}')`);
      const { rows } = await sql<Record<string, unknown>>`select ${sql.raw(text)} from customers c order by id`.execute(
        db,
      );
      const variables = names.map((name) => catalogue.variable(name) as Variable);
      const facts = await loadFacts(db, { customers: ids, variables, asOf: moment, homeZone });
      expect(ids.map((id) => facts.get(id))).toEqual(rows);
    }
  });
});
