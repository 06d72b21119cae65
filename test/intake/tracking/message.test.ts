import fc from "../../support/property.ts";
import { expect, test } from "vitest";
import { parseBatch } from "../../../src/intake/tracking/batch.ts";
import { COMMERCE } from "../../../src/intake/tracking/commerce.ts";
import { type CallName, type Envelope, parseCall } from "../../../src/intake/tracking/message.ts";
import { typeOf } from "../../../src/intake/tracking/track.ts";
import type { NewEvent } from "../../../src/store/event.ts";

const envelope: Envelope = {
  source: "tracking:test",
  public: false,
  received: Date.parse("2026-04-01T00:00:00Z"),
  vocabulary: {
    currency: "CNY",
    names: new Map(),
    checks: new Map(),
    traits: { company_size: { type: "number", labels: ["员工人数"] }, birthday: { type: "date", labels: [] } },
  },
};
const CALLS: CallName[] = ["identify", "track", "page", "screen", "group", "alias"];

const track = (event: string, properties: object) => {
  const parsed = parseCall({ userId: "c1", event, properties }, envelope, "track");
  return "event" in parsed ? parsed.event : parsed.faults;
};

test.each([
  ["Song Played", "song_played"],
  ["check_in", "check_in"],
  ["order.paid", "order.paid"],
  ["Signed Up (Web)", "signed_up_web"],
  ["videoPaused", "video_paused"],
  ["Video - Paused", "video_paused"],
  ["page.Viewed", "page.viewed"],
  ["2nd Step", "2nd Step"],
  ["加入购物车", "加入购物车"],
  ["VIP 购买", "VIP 购买"],
  ["Größe gewählt", "Größe gewählt"],
])("%s is the type %s", (name, type) => {
  expect(typeOf(name)).toBe(type);
});

test("what shops send has the fields that rules ask for, beside all that was sent", () => {
  const products = [{ product_id: 7, name: "Jasmine", price: 10, quantity: "2" }];
  expect(track("Order Completed", { order_id: 5, revenue: "20", products })).toMatchObject({
    type: "order.paid",
    data: { order_id: "5", amount: "20", revenue: "20", items: [{ sku: "7", qty: 2, price: 10, name: "Jasmine" }] },
  });
  expect(track("Order Refunded", { order_id: "5" })).toMatchObject({ type: "order.refunded", data: { order_id: "5" } });
  expect((track("Order Refunded", { order_id: "5" }) as NewEvent).data).not.toHaveProperty("amount");
  expect(track("Product Added", { cart_id: 9, product_id: "p", quantity: 1 })).toMatchObject({
    type: "cart.updated",
    data: { cart_id: "9", sku: "p", qty: 1, change: "added" },
  });
  expect(track("Cart Viewed", { cart_id: "k", value: 88 })).toMatchObject({
    type: "cart.updated",
    data: { amount: 88 },
  });
  expect(track("Completed Order", { total: 1 })).toEqual([
    expect.objectContaining({ pointer: "/properties/order_id" }),
  ]);
  expect(track("Order Completed", { orderId: "o", total: "1,00" })).toEqual([
    expect.objectContaining({ pointer: "/properties/total" }),
  ]);
  expect(track("Order Completed", { order_id: "o", total: 1, currency: "usd" })).toEqual([
    expect.objectContaining({ pointer: "/properties/currency" }),
  ]);
});

test("what rules/events/ says of a name comes before what is built in", () => {
  const names = new Map([["Order Completed", { type: "order.placed", fields: {} }]]);
  const call = { userId: "c1", event: "Order Completed", properties: {} };
  const parsed = parseCall(call, { ...envelope, vocabulary: { ...envelope.vocabulary, names } }, "track");
  expect(parsed).toMatchObject({ event: { type: "order.placed" } });
});

/** Values that people and programs would not send, among those that they do. */
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<unknown>(
      null,
      "",
      "c1",
      "track",
      -0,
      1e308,
      "2026-04-01T00:00:00Z",
      "\u0000",
      "\ud800",
      "__proto__",
      true,
      [],
      {},
    ),
    fc.string(),
    fc.double(),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        "email",
        "name",
        "companySize",
        "birthday",
        "order_id",
        "total",
        "products",
        "__proto__",
        "constructor",
        "x",
      ),
      tie("any"),
      { maxKeys: 4 },
    ),
  ),
})).any;
const FIELDS = [
  "userId",
  "anonymousId",
  "previousId",
  "groupId",
  "event",
  "messageId",
  "timestamp",
  "sentAt",
  "type",
  "context",
];
const call = fc.dictionary(fc.constantFrom(...FIELDS, "traits", "properties", "name", "receivedAt"), value, {
  maxKeys: 8,
});

test("whatever is sent becomes an event that can be stored, or faults with a place in both languages", () => {
  const body = fc.record({
    json: fc.oneof({ weight: 9, arbitrary: call }, { weight: 1, arbitrary: value }),
    name: fc.constantFrom(...CALLS, undefined),
  });
  const isPublic = fc.boolean();
  fc.assert(
    fc.property(body, isPublic, fc.constantFrom(...COMMERCE.keys(), undefined), ({ json, name }, open, event) => {
      // as it comes off the wire
      const sent = JSON.parse(JSON.stringify(event === undefined ? json : { ...(json as object), event })) as unknown;
      const parsed = parseCall(sent, { ...envelope, public: open }, name);
      if ("faults" in parsed) {
        expect(parsed.faults.length).toBeGreaterThan(0);
        for (const fault of parsed.faults) {
          expect(fault.pointer).toMatch(/^(\/[^]*)?$/);
          expect(fault.message["zh-CN"]).toMatch(/\p{Script=Han}/u);
        }
        return;
      }
      const { id, type, customerId, occurredAt, data } = parsed.event;
      for (const text of [id, type, customerId]) {
        expect(text.length).toBeGreaterThan(0);
        expect(text.length).toBeLessThanOrEqual(256);
      }
      expect(JSON.stringify([id, type, customerId, data])).not.toMatch(/\\u0000|\\ud800/);
      expect(occurredAt === null || Number.isFinite(occurredAt.getTime())).toBe(true);
    }),
    { numRuns: 3_000 },
  );
  fc.assert(
    fc.property(value, (json) => {
      const parsed = parseBatch(json, envelope);
      expect(Array.isArray(parsed) || "pointer" in parsed).toBe(true);
    }),
  );
});
