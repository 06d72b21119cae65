import { sql } from "kysely";
import { beforeAll, expect, test } from "vitest";
import { setConsents, loadConsents } from "../../src/store/consent.ts";
import { addressHash, loadContacts, loadContactsById, normalise, upsertContacts } from "../../src/store/contact.ts";
import { claimCustomers, ensureCustomers, lockCustomers } from "../../src/store/customer.ts";
import { transaction } from "../../src/store/database.ts";
import { insertOrders, refundOrders } from "../../src/store/order.ts";
import { testSchema, type TestSchema } from "../support/schema.ts";

const at = new Date("2026-04-01T02:00:00Z");
let store: TestSchema;
beforeAll(async () => {
  store = await testSchema();
});

const ensure = (...ids: string[]) => transaction(store.db, (tx) => ensureCustomers(tx, ids, at));

test("two at once who meet the same new customers agree on their ids", async () => {
  const ids = Array.from({ length: 50 }, (_, i) => `new-${i}`);
  const [a, b] = await Promise.all([ensure(...ids), ensure(...ids.toReversed())]);
  expect(a.size).toBe(50);
  expect(Object.fromEntries(a)).toEqual(Object.fromEntries(b));
});

test("locked customers come in the order of their ids, and a second locker waits", async () => {
  const ids = [...(await ensure("lock-a", "lock-b")).values()];
  const order: string[] = [];
  let tellLocked = () => {};
  const locked = new Promise<void>((resolve) => (tellLocked = resolve));
  const hold = transaction(store.db, async (tx) => {
    const rows = await lockCustomers(tx, ids.toReversed());
    expect(rows.map((row) => row.id)).toEqual([...ids].sort((a, b) => a - b));
    tellLocked();
    await new Promise((resolve) => setTimeout(resolve, 150));
    order.push("first");
  });
  await Promise.race([locked, hold]);
  await transaction(store.db, async (tx) => {
    await lockCustomers(tx, ids);
    order.push("second");
  });
  await hold;
  expect(order).toEqual(["first", "second"]);
});

test("a changed address keeps its contact id", async () => {
  const id = (await ensure("mail")).get("mail")!;
  const write = (value: string) =>
    transaction(store.db, (tx) => upsertContacts(tx, [{ customer: id, kind: "email", role: "self", value }], at));
  await write("Old@Shop.example");
  const [before] = (await loadContacts(store.db, [id])).get(id)!;
  await write("new@shop.example");
  expect((await loadContactsById(store.db, [before!.id])).get(before!.id)?.value).toBe("new@shop.example");
  expect((await loadContacts(store.db, [id])).get(id)).toHaveLength(1);
});

test.each([
  ["email", " Li.Na＠Shop.example ", "li.na@shop.example"],
  ["phone", "+86 138 1234-5678", "13812345678"],
  ["phone", "0086 13812345678", "13812345678"],
  ["phone", "１３８ １２３４ ５６７８", "13812345678"],
  ["phone", "+1 (312) 555-0123", "+13125550123"],
  ["phone", "010-6552 9988", "01065529988"],
  ["wecom", " wm_8Q ", "wm_8Q"],
] as const)("%s %s is compared as %s", (kind, value, expected) => {
  expect(normalise(kind, value)).toBe(expected);
});

test("however an address is spelt, its suppression is found", () => {
  expect(addressHash("email", "A@b.example")).toBe(addressHash("email", "a@B.EXAMPLE "));
  expect(addressHash("sms", "+86 138 1234 5678")).toBe(addressHash("sms", "13812345678"));
  expect(addressHash("sms", "13812345678")).toMatch(/^[0-9a-f]{64}$/);
});

test("an older statement of consent does not undo a newer one", async () => {
  const id = (await ensure("consent")).get("consent")!;
  const say = (granted: boolean, time: string) =>
    transaction(store.db, (tx) =>
      setConsents(tx, [
        { customer: id, channel: "email", topic: "promotion", granted, source: "event", at: new Date(time) },
      ]),
    );
  await say(false, "2026-03-02T00:00:00Z");
  await say(true, "2026-03-01T00:00:00Z");
  expect((await loadConsents(store.db, [id])).get(id)?.[0]?.granted).toBe(false);
  await say(true, "2026-03-03T00:00:00Z");
  expect((await loadConsents(store.db, [id])).get(id)?.[0]?.granted).toBe(true);
});

test("an order told twice counts once; refunds add up and cannot exceed it", async () => {
  const customer = (await ensure("buyer")).get("buyer")!;
  const order = {
    orderId: "o-1",
    customer,
    paidAt: at,
    amount: 12_050,
    currency: "CNY",
    status: "paid" as const,
    source: "shop",
    items: [{ qty: 2, price: 6_025, sku: "tea" }],
  };
  const insert = () => transaction(store.db, (tx) => insertOrders(tx, [order]));
  expect([...(await insert())]).toEqual(["o-1"]);
  expect([...(await insert())]).toEqual([]);
  const { rows } = await sql<{ n: number }>`select count(*) as n from order_items where order_id = 'o-1'`.execute(
    store.db,
  );
  expect(rows[0]?.n).toBe(1);
  const refund = (amount: number) =>
    transaction(store.db, (tx) => refundOrders(tx, [{ orderId: "o-1", amount, status: "refunded" }]));
  expect(await refund(2_050)).toEqual([{ orderId: "o-1", customer, left: 10_000 }]);
  expect((await refund(20_000))[0]?.left).toBe(0);
  const after = await sql<{ status: string }>`select status from orders where order_id = 'o-1'`.execute(store.db);
  expect(after.rows[0]?.status).toBe("refunded");
});

test("a customer who is known is claimed by name, also by a name from before a merge, and whoever is new is created", async () => {
  const [a, b] = [...(await ensure("claim-a", "claim-b")).values()];
  await sql`insert into customer_merges (customer_id, dropped, kept, by, at, moved) values ('claim-old', -1, ${b}, 'ann', ${at}, '{}')`.execute(
    store.db,
  );
  const claim = (...names: string[]) => transaction(store.db, (tx) => claimCustomers(tx, names, at));
  expect(await claim("claim-b", "claim-a", "claim-b")).toEqual({
    ids: new Map([
      ["claim-a", a],
      ["claim-b", b],
    ]),
    created: [],
  });
  const { ids, created } = await claim("claim-old", "claim-new", "claim-a");
  expect([ids.get("claim-old"), ids.get("claim-a"), created]).toEqual([b, a, [ids.get("claim-new")]]);
});

test("a customer with events is not deleted", async () => {
  const id = (await ensure("lasting")).get("lasting")!;
  await sql`insert into events (source, event_id, customer_id, customer, type, occurred_at, received_at)
    values ('shop', 'lasting', 'lasting', ${id}, 'page.viewed', ${at}, ${at})`.execute(store.db);
  const gone = () => sql`delete from customers where id = ${id}`.execute(store.db);
  await expect(gone()).rejects.toMatchObject({ code: "23503" });
  await sql`update events set customer = null where customer = ${id}`.execute(store.db);
  await gone();
});
