import { expect, test, vi } from "vitest";
import type { Fault } from "../../../src/fault.ts";
import { meaningOf } from "../../../src/intake/meaning.ts";
import { validate } from "../../../src/operate/campaign/validate.ts";
import { followVocabulary, loadVocabulary } from "../../../src/operate/rules/vocabulary.ts";
import { copyOfRules } from "../support/rules.ts";

const HOME = { currency: "CNY" };
const NAME = { en: "Ride", "zh-CN": "骑行" };

/** Faults of rules/ with this file in events/: "pointer message (hint)". */
async function faultsOf(file: object): Promise<string[]> {
  const rules = await copyOfRules();
  await rules.write("events/ride.json", JSON.stringify({ type: "ride.ended", name: NAME, ...file }));
  return (await validate(rules.dir)).faults.map(said);
}

function said({ file, pointer, message, hint }: Fault): string {
  expect(message["zh-CN"]).toMatch(/\p{Script=Han}/u);
  const text = `${pointer} ${message.en}${hint ? ` (${hint.en})` : ""}`;
  return file!.endsWith("ride.json") ? text : `${file} ${text}`;
}

test.each<[object, string[]]>([
  [
    { schema: { properties: { km: { typ: "number" } } } },
    ['/schema/properties/km/typ unknown keyword "typ" (did you mean "type"?)'],
  ],
  [{ schema: { type: "objekt" } }, [expect.stringMatching(/^\/schema\/type must be one of "array", "boolean".*/)]],
  [
    { schema: { properties: { at: { type: "string", format: "date-tim" } } } },
    ['/schema/properties/at/format unknown format "date-tim" (did you mean "date-time"?)'],
  ],
  [
    { schema: { $ref: "https://example.com/ride.json" } },
    ["/schema/$ref https://example.com/ride.json is not in this schema (put it under $defs; nothing is fetched)"],
  ],
  [{ schema: { properties: { km: { minimum: "0" } } } }, ["/schema/properties/km/minimum must be number"]],
  [{ schema: { properties: { km: { type: "string", pattern: "(" } } } }, [expect.stringContaining("/schema")]],
  [
    { fields: { km: "number" }, schema: { properties: { km: { type: "string" } } } },
    ["/fields/km rules take km for number, the schema lets in only string (a rule that asks for it would never hold)"],
  ],
  [
    { from: [{ name: "Ride", data: { km: "distance" } }] },
    ['/from/0/data/km "distance" is no JSON pointer (start with a slash: /orderId, /order/id)'],
  ],
  [
    { from: [{ name: "Ride", data: { km: { at: "/m", as: "miles" } } }] },
    [expect.stringContaining("/from/0/data/km/as")],
  ],
  [{ from: [{ name: "Ride", date: {} }] }, ['/from/0/date unknown key "date" (did you mean "data"?)']],
  [
    { from: [{ name: "Ride" }, { name: "Ride" }] },
    [expect.stringMatching(/^\/from\/1\/name "Ride" is in .*ride\.json already/)],
  ],
  [
    { from: [{ name: "Lesson Finished" }] },
    [expect.stringMatching(/^\/from\/0\/name "Lesson Finished" is in .*lesson\.json already/)],
  ],
  [{ from: [{ name: "order.paid" }] }, ["/from/0/name order.paid acts by itself and cannot mean ride.ended"]],
])("validate says what is wrong with %j", async (file, expected) => {
  expect(await faultsOf(file)).toEqual(expected);
});

test("a type in two files is told", async () => {
  const rules = await copyOfRules();
  await rules.write("events/zz.json", JSON.stringify({ type: "lesson.done", name: NAME }));
  const { faults } = await validate(rules.dir);
  expect(faults.map(({ pointer, message }) => [pointer, message.en])).toEqual([
    ["/type", expect.stringMatching(/"lesson.done" is in .*lesson\.json already/)],
  ]);
});

test("a name means a type, and its fields are found, rewritten, and pointed to as they were sent", async () => {
  const rules = await copyOfRules();
  const data = {
    order_id: { at: ["/ref", "/order/no"], as: "text" },
    amount: { at: "/cents", as: "major" },
    currency: { at: "/currency", as: "upper" },
    items: { each: "/lines", data: { sku: "/code", qty: { at: "/n", as: "number" }, category: { value: "tea" } } },
    door: { value: true },
  };
  const file = { type: "order.paid", name: NAME, from: [{ name: "shop/PAID", data }] };
  await rules.write("events/paid.json", JSON.stringify(file));
  const vocabulary = await loadVocabulary(rules.dir, HOME);
  const sent = {
    order: { no: 77 },
    cents: 12_905,
    currency: "cny",
    lines: [{ code: "a", n: "2", note: "x" }],
    left: [1],
  };
  expect(meaningOf("shop/PAID", sent, vocabulary)).toEqual({
    type: "order.paid",
    faults: [],
    data: {
      ...sent,
      order_id: "77",
      amount: "129.05",
      currency: "CNY",
      items: [{ code: "a", n: "2", note: "x", sku: "a", qty: 2, category: "tea" }],
      door: true,
    },
  });
  const wrong = meaningOf("shop/PAID", { cents: "much", lines: [{ n: -1 }] }, vocabulary);
  expect(wrong.faults.map((fault) => fault.pointer).sort()).toEqual(["/data/lines/0/qty", "/data/order_id"]);
  expect(meaningOf("shop/PAID", { ref: "a", cents: "much" }, vocabulary).faults[0]!.pointer).toBe("/data/cents");
});

test("cents become major units to the last digit", async () => {
  const rules = await copyOfRules();
  const from = [{ name: "p", data: { amount: { at: "/c", as: "major" } } }];
  await rules.write("events/p.json", JSON.stringify({ type: "p.q", name: NAME, from }));
  const vocabulary = await loadVocabulary(rules.dir, HOME);
  const amounts = [0, 5, 99, 100, 12_905, "007", -250, 1.5, "x", null].map(
    (c) => meaningOf("p", { c }, vocabulary).data.amount,
  );
  expect(amounts).toEqual(["0.00", "0.05", "0.99", "1.00", "129.05", "0.07", "-2.50", 1.5, "x", undefined]);
});

test("data must fit the type's schema: every fault with its place, what the schema does not name is kept", async () => {
  const vocabulary = await loadVocabulary("rules", HOME);
  const fine = meaningOf("Lesson Finished", { courseId: "brewing", number: "3", mood: { any: "thing" } }, vocabulary);
  expect(fine).toMatchObject({
    type: "lesson.done",
    faults: [],
    data: { course: "brewing", lesson: 3, mood: { any: "thing" } },
  });
  const wrong = meaningOf("lesson.done", { course: "", lesson: 1.5 }, vocabulary);
  expect(wrong.faults.map(({ pointer, message }) => [pointer, message.en, message["zh-CN"]])).toEqual([
    ["/data/course", "must have at least 1 characters", "至少 1 个字符"],
    ["/data/lesson", "must be integer", "必须是整数"],
  ]);
  const none = meaningOf("Lesson Finished", { number: "third" }, vocabulary);
  expect(none.faults.map((fault) => fault.pointer)).toEqual(["/data/course", "/data/number"]);
});

test("a running process takes in what is edited, but nothing with faults", async () => {
  const rules = await copyOfRules();
  const told: Fault[][] = [];
  const following = await followVocabulary(rules.dir, HOME, (faults) => told.push(faults), 20);
  const has = (name: string) => following.now().names.get(name)?.type;
  const patience = { timeout: 90_000, interval: 20 };
  try {
    expect(has("Ride")).toBeUndefined();
    const ride = { type: "ride.ended", name: NAME, from: [{ name: "Ride" }] };
    await rules.write("events/ride.json", JSON.stringify(ride));
    await vi.waitFor(() => expect(has("Ride")).toBe("ride.ended"), patience);
    // a file that was half written when it was looked at has been told of, too
    const before = told.length;
    await rules.write("events/ride.json", '{ "type": 7');
    await vi.waitFor(() => expect(told.length).toBeGreaterThan(before), patience);
    expect(has("Ride")).toBe("ride.ended");
    await rules.write("events/ride.json", JSON.stringify({ ...ride, type: "ride.done" }));
    await vi.waitFor(() => expect(has("Ride")).toBe("ride.done"), patience);
  } finally {
    following.close();
  }
});
