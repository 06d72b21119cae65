import { describe, expect, test } from "vitest";
import { buildCatalogue, withScope } from "../../src/rule/catalogue.ts";
import { parseRule } from "../../src/rule/parse.ts";
import type { Scope } from "../../src/rule/variables/scope.ts";

/** Each names the one before it eight times: small files that are huge together. */
function doubling(levels: number): Record<string, unknown> {
  const segments: Record<string, unknown> = { wide0: { ">": [{ var: "orders.count" }, 1] } };
  for (let i = 1; i <= levels; i++) {
    segments[`wide${i}`] = { and: Array.from({ length: 8 }, () => ({ segment: `wide${i - 1}` })) };
  }
  return segments;
}

function chain(levels: number): Record<string, unknown> {
  const segments: Record<string, unknown> = { deep0: { ">": [{ var: "orders.count" }, 1] } };
  for (let i = 1; i <= levels; i++) segments[`deep${i}`] = { segment: `deep${i - 1}` };
  return segments;
}

const label = { en: "x", "zh-CN": "x" };
const catalogue = buildCatalogue({
  traits: {
    city: { type: "string", label },
    size: { type: "number", label },
    limit: { type: "money", label },
    vip: { type: "boolean", label },
    birthday: { type: "date", label },
    tags: { type: "strings", label },
  },
  fields: (event): Scope =>
    event === "order.paid" ? { "event.amount": "money", "event.note": "string" } : { "event.step": "string" },
  campaigns: ["winback-30"],
  segments: {
    dormant: { ">": [{ var: "days_since.last_order" }, 180] },
    faulty: { ">": [{ var: "days_since.last_order" }, "180"] },
    one: { segment: "two" },
    two: { "!": [{ segment: "one" }] },
    self: { segment: "self" },
    ...doubling(12),
    ...chain(10),
    item: { some: [{ var: "customer.traits.tags" }, { "==": [{ var: "" }, "a"] }] },
  },
});
const city = { var: "customer.traits.city" };
const size = { var: "customer.traits.size" };
const limit = { var: "customer.traits.limit" };
const vip = { var: "customer.traits.vip" };
const birthday = { var: "customer.traits.birthday" };
const tags = { var: "customer.traits.tags" };
const deep = (levels: number): unknown => (levels === 0 ? true : { "!": [deep(levels - 1)] });

type Row = [rule: unknown, pointer: string, message: RegExp, hint?: RegExp];
const TABLE: Row[] = [
  // shape
  [{ and: [], or: [] }, "", /one operator/, /and/],
  [{}, "", /found 0 keys/],
  [null, "", /null/, /missing/],
  [{ "==": [size, null] }, "/==/1", /null/, /missing/],
  [5, "", /expected a condition, found a number/],
  ["yes", "", /expected a condition, found a text/],
  [{ and: [] }, "/and", /takes 1\+ arguments, found 0/],
  [{ "==": [size] }, "/==", /takes 2 arguments, found 1/],
  [{ "<": [1, size, 3, 4] }, "/<", /takes 2–3 arguments, found 4/],
  [{ "!": [vip, vip] }, "/!", /takes 1 arguments, found 2/],
  [{ if: [vip] }, "/if", /takes 2\+/],
  [deep(31), deep31(), /too large/, /segments/],
  [{ or: Array.from({ length: 3_000 }, () => true) }, "/or/1999", /too large/],
  // operators
  [{ adn: [vip] }, "/adn", /unknown operator "adn"/, /"and"/],
  [{ "===": [size, 1] }, "/===", /unknown operator/, /"=="/],
  [{ "!!": [size] }, "/!!", /unknown operator/, /==/],
  [{ and: [{ merge: [tags, tags] }, vip] }, "/and/0/merge", /unknown operator/, /list/],
  [{ constructor: [1] }, "/constructor", /unknown operator/],
  // names
  [{ ">": [{ var: "days_since.last_oder" }, 1] }, "/>/0/var", /unknown variable/, /days_since\.last_order/],
  [{ ">": [{ var: "order.sum_365d" }, 1] }, "/>/0/var", /unknown variable/, /orders\.sum_365d/],
  [{ "==": [{ var: "city" }, "a"] }, "/==/0/var", /unknown variable/, /customer\.traits\.city/],
  [{ "==": [{ var: "customer.traits.toString" }, "a"] }, "/==/0/var", /unknown variable/],
  [{ ">": [{ var: "event.amount" }, 1] }, "/>/0/var", /unknown variable/],
  [{ var: "campaigns.winback-3.enrolled" }, "/var", /unknown variable/, /campaigns\.winback-30\.enrolled/],
  [
    { ">": [{ var: "days_since.last_enrolment.winbak-30" }, 5] },
    "/>/0/var",
    /unknown variable/,
    /enrolment\.winback-30"/,
  ],
  [{ ">": [{ var: "messages.count_30" }, 5] }, "/>/0/var", /unknown variable/, /window/],
  [{ missing: ["customer.traits.citi"] }, "/missing/0", /unknown variable/, /city/],
  [{ missing: [city] }, "/missing/0", /names of variables/, /var/],
  [{ missing_some: [1, "customer.traits.city"] }, "/missing_some", /whole number and a list/],
  [{ missing_some: [0.5, ["customer.traits.city"]] }, "/missing_some", /whole number/],
  [{ var: 5 }, "/var", /name of a variable/],
  [{ var: "" }, "/var", /element/],
  [{ segment: "dormnat" }, "/segment", /unknown segment/, /"dormant"/],
  [{ segment: 5 }, "/segment", /id of a segment/],
  // windows
  [{ ">": [{ var: "orders.sum_9y" }, 1] }, "/>/0/var", /unknown variable/, /1d to 1095d/],
  [{ ">": [{ var: "orders.sum_1096d" }, 1] }, "/>/0/var", /unknown variable/, /1d to 1095d/],
  [{ ">": [{ var: "orders.sum_30" }, 1] }, "/>/0/var", /unknown variable/, /window/],
  [{ ">": [{ var: "orders.sum_0d" }, 1] }, "/>/0/var", /unknown variable/, /window/],
  [{ ">": [{ var: "events.check_in.count_4w" }, 1] }, "/>/0/var", /unknown variable/, /window/],
  [{ ">": [{ var: "orders.sum_this_day" }, 1] }, "/>/0/var", /unknown variable/, /period/],
  [{ ">": [{ var: "messages.count_last_months" }, 1] }, "/>/0/var", /unknown variable/, /period/],
  [{ ">": [{ orders: { sum: "amount", within: "half a year" } }, 1] }, "/>/0/orders/within", /window/, /180d/],
  // types
  [{ "<": [size, "180"] }, "/</1", /expected a number.*found a text/, /180 without quotes/],
  [{ "==": [city, 5] }, "/==/1", /expected a text.*found a number/],
  [{ "==": [size, limit] }, "/==/1", /expected a number.*found an amount/],
  [{ ">": [limit, { "+": [size, 1] }] }, "/>/1", /expected an amount/],
  [{ ">": [limit, 9.999] }, "/>/1", /at most 2 decimals/],
  [{ ">": [{ "*": [limit, limit] }, 1] }, "/>/0/*", /multiplied by an amount/],
  [{ ">": [{ "/": [1, limit] }, 1] }, "/>/0//".replace("//", "/~1"), /divided by an amount/],
  [{ ">": [{ "+": [city, 1] }, 1] }, "/>/0/+/1", /expected a text/],
  [{ ">": [{ "*": [city, 1] }, 1] }, "/>/0/*/0", /expected a number/],
  [{ "<": [city, "b"] }, "/<", /cannot compare a text/, /"=="/],
  [{ "<": [vip, true] }, "/<", /cannot compare yes/],
  [{ "==": [tags, tags] }, "/==", /cannot compare a list/, /"in"/],
  [{ ">": [birthday, "1990-02-30"] }, "/>/1", /not a date/, /2026-04-01/],
  [{ ">": [birthday, 1990] }, "/>/1", /expected a date/],
  [{ and: [size, vip] }, "/and/0", /expected a condition/, /compare/],
  [{ "!": [city] }, "/!/0", /expected a condition/],
  [{ "==": [{ if: [vip, "a", 1] }, "a"] }, "/==/0/if/2", /expected a text/],
  [{ in: [city, 5] }, "/in/1", /looks in a text or a list/, /such as/],
  [{ in: [city, ["a", 5]] }, "/in/1/1", /list of texts/],
  [{ in: [size, [1, "2"]] }, "/in/1/1", /list of numbers/],
  [{ in: [vip, tags] }, "/in/0", /expected a text/],
  [{ "==": [{ cat: [city, size] }, "a"] }, "/==/0/cat/1", /expected a text/],
  [{ some: [city, { "==": [{ var: "" }, "a"] }] }, "/some/0", /expected a list/],
  [{ some: [tags, { "==": [{ var: "" }, 5] }] }, "/some/1/==/1", /expected a text/],
  [{ ">": [{ var: ["customer.traits.size", "many"] }, 1] }, "/>/0/var/1", /expected a number, written out, found/],
  [{ ">": [size, 1e16] }, "/>/1", /too large/],
  [{ "==": [city, "a\ud800"] }, "/==/1", /characters/],
  [{ "==": [city, "a\u0000"] }, "/==/1", /characters/],
  [{ ">": [{ "*": Array.from({ length: 13 }, () => size) }, 1] }, "/>/0/*", /too many/],
  // dates and buckets
  [{ ">": [{ days_since: [city] }, 5] }, "/>/0/days_since/0", /expected a date, found a text/],
  [{ ">": [{ days_since: ["today"] }, 5] }, "/>/0/days_since/0", /not a date/],
  [{ is_today: [birthday, "moon"] }, "/is_today/1", /"solar" or "lunar"/],
  [{ is_today: [birthday, "lunar", 32] }, "/is_today/2", /from 0 to 31/],
  [{ "<": [{ bucket: ["a", 1] }, 1] }, "/</0/bucket/1", /from 2 to 10000/],
  [{ "<": [{ bucket: [city, 10] }, 1] }, "/</0/bucket", /a name and the number/, /spring-test/],
  [{ "==": [{ "%": [limit, 2] }, 1] }, "/==/0/%/0", /expected a number/],
  [
    { ">": [{ orders: { count: "orders", where: { is_today: ["2026-01-01"] } } }, 0] },
    "/>/0/orders/where/is_today",
    /cannot be used in a filter/,
  ],
  // aggregates
  [{ ">": [{ orders: "sum" }, 1] }, "/>/0/orders", /object was expected/, /within/],
  [{ ">": [{ orders: { sums: "amount" } }, 1] }, "/>/0/orders/sums", /exactly one/, /"sum"/],
  [{ ">": [{ orders: { sum: "amount", count: "orders" } }, 1] }, "/>/0/orders", /exactly one/],
  [{ ">": [{ orders: { sum: "weight" } }, 1] }, "/>/0/orders/sum", /"amount", "qty"/],
  [{ ">": [{ orders: { sum: "qty" } }, 1] }, "/>/0/orders", /need a "where"/],
  [
    { ">": [{ orders: { sum: "qty", where: { "==": [city, "a"] } } }, 1] },
    "/>/0/orders/where/==/0/var",
    /unknown variable/,
  ],
  [{ ">": [{ events: { count: "events" } }, 1] }, "/>/0/events", /"type" says which/, /check_in/],
  [{ ">": [{ events: { type: "check_in", sums: "amount" } }, 1] }, "/>/0/events/sums", /exactly one/, /"sum"/],
  [{ ">": [{ events: { type: "check_in", sum: "step" } }, 1] }, "/>/0/events/sum", /no number/, /rules\/events/],
  [{ ">": [{ events: { type: "check_in", sum: 5 } }, 1] }, "/>/0/events/sum", /takes the name of a field/],
  [{ ">": [{ events: { type: "order.paid", sum: "amout" } }, 1] }, "/>/0/events/sum", /no number/, /"amount"/],
  [
    { ">": [{ events: { type: "order.paid", avg: "event.amount" } }, 1] },
    "/>/0/events/avg",
    /no number/,
    /write "amount"/,
  ],
  [{ ">": [{ events: { type: "order.paid", max: "note" } }, 1] }, "/>/0/events/max", /no number/, /known: amount/],
  [{ ">": [{ events: { type: "check_in", count: "days" } }, 1] }, "/>/0/events/count", /takes "events"/],
  [{ ">": [{ events: { type: "check_in", count: "events", within: "4w" } }, 1] }, "/>/0/events/within", /window/],
  [
    { ">": [{ orders: { sum: "amount", where: { ">": [{ orders: { sum: "amount" } }, 3] } } }, 1] },
    "/>/0/orders/where/>/0/orders",
    /"orders" cannot be used in a filter/,
  ],
  [
    { ">": [{ events: { type: "check_in", count: "events", where: { ">": [{ orders: { sum: "amount" } }, 3] } } }, 1] },
    "/>/0/events/where/>/0/orders",
    /"orders" cannot be used in a filter/,
  ],
  [
    { ">": [{ orders: { count: "orders", where: { ">": [{ events: { type: "a", count: "events" } }, 3] } } }, 1] },
    "/>/0/orders/where/>/0/events",
    /"events" cannot be used in a filter/,
  ],
  [
    {
      some: [tags, { ">": [{ orders: { count: "orders", where: { "==": [{ var: "item.sku" }, { var: "" }] } } }, 0] }],
    },
    "/some/1/>/0/orders/where/==/1/var",
    /element/,
  ],
  [
    { ">": [{ events: { type: "check_in", count: "events", where: { "==": [city, "a"] } } }, 1] },
    "/>/0/events/where/==/0/var",
    /unknown variable/,
  ],
  // segments
  [{ segment: "one" }, "/segment", /one → two → one/],
  [{ segment: "self" }, "/segment", /self → self/],
  [{ segment: "faulty" }, "/segment", /"faulty" is faulty/],
  [{ segment: "wide12" }, "/segment", /nested too deeply/],
  [{ and: [{ segment: "wide7" }, { segment: "wide7" }] }, "/and/0/segment", /too large with the segments/],
  [{ segment: "deep10" }, "/segment", /nested too deeply: deep10 → deep9/],
];

function deep31(): string {
  return "/!/0".repeat(31);
}

describe("a wrong rule is refused with its place", () => {
  test.each(TABLE)("%j at %s", (rule, pointer, message, hint) => {
    const { rule: parsed, faults } = parseRule(rule, { pointer: "/rule", catalogue });
    expect(parsed).toBeUndefined();
    expect(faults.map((fault) => fault.pointer)).toEqual([`/rule${pointer}`]);
    const [fault] = faults;
    expect(fault!.message.en).toMatch(message);
    expect(fault!.message["zh-CN"]).toMatch(/[\u4e00-\u9fff]/);
    if (hint) expect(fault!.hint?.en).toMatch(hint);
  });
});

describe("faults", () => {
  test("all of a rule are found at once", () => {
    const rule = {
      and: [{ ">": [size, "1"] }, { adn: [vip] }, { segment: "dormnat" }, { "==": [{ var: "cty" }, { or: [city] }] }],
    };
    const { faults } = parseRule(rule, { pointer: "", catalogue });
    expect(faults.map((fault) => fault.pointer).toSorted()).toEqual([
      "/and/0/>/1",
      "/and/1/adn",
      "/and/2/segment",
      "/and/3/==/0/var",
      "/and/3/==/1/or/0",
    ]);
  });

  test("a segment's circle is seen from its own file", () => {
    const { faults } = parseRule(catalogue.segments.two, { pointer: "/rule", catalogue, segment: "two" });
    expect(faults.map((fault) => fault.message.en)).toEqual(["segments refer to one another: two → one → two"]);
  });

  test("a segment inside a list does not see the list's element", () => {
    const whole = { ...catalogue, segments: { ...catalogue.segments, leaf: { "==": [{ var: "" }, "a"] } } };
    const scoped = { ...whole, unscoped: whole };
    const inside = (id: string) =>
      parseRule({ some: [tags, { segment: id }] }, { pointer: "", catalogue: scoped }).faults;
    expect(inside("item")).toEqual([]);
    expect(inside("leaf")).toHaveLength(1);
  });

  test("an event type that nobody declared is a warning, and the rule stands", () => {
    const { rule, faults } = parseRule({ ">": [{ var: "events.chek_in.count" }, 0] }, { pointer: "", catalogue });
    expect(rule).toMatchObject({ op: ">" });
    expect(faults).toMatchObject([{ severity: "warning", hint: { en: 'did you mean "check_in"?' } }]);
  });

  test("a channel that nobody is asked for is a warning, with the one that was meant", () => {
    const { rule, faults } = parseRule({ var: "consent.wecom" }, { pointer: "", catalogue });
    expect(rule).toMatchObject({ op: "var" });
    expect(faults).toMatchObject([
      { severity: "warning", pointer: "/var", hint: { en: expect.stringContaining("wecom-customer") } },
    ]);
    expect(parseRule({ var: "consent.wecom-customer" }, { pointer: "", catalogue }).faults).toEqual([]);
  });

  test("extra variables are known where they are given, and segments do not see them", () => {
    const scoped = withScope(catalogue, { "event.amount": "money", "event.*": "any", "steps.days.count": "number" });
    const parse = (rule: unknown) => parseRule(rule, { pointer: "", catalogue: scoped });
    expect(parse({ ">=": [{ var: "event.amount" }, 100] }).rule).toMatchObject({
      args: [{ type: "money" }, { value: 10_000 }],
    });
    expect(parse({ "==": [{ var: "event.colour" }, "red"] }).rule).toMatchObject({ args: [{ type: "string" }, {}] });
    expect(parse({ "<": [5, { var: "event.weight" }] }).rule).toMatchObject({ args: [{}, { type: "number" }] });
    expect(parse({ in: [{ var: "event.weight" }, [1, 2]] }).rule).toMatchObject({ args: [{ type: "number" }, {}] });
    expect(parse({ "!": [{ var: "event.gift" }] }).rule).toMatchObject({ args: [{ type: "boolean" }] });
    expect(parse({ ">": [{ var: "steps.dais.count" }, 1] }).faults[0]?.hint?.en).toMatch(/steps\.days\.count/);
    const leaking = withScope(
      { ...catalogue, unscoped: { ...catalogue, segments: { leak: { ">": [{ var: "event.amount" }, 1] } } } },
      { "event.amount": "money" },
    );
    expect(parseRule({ segment: "leak" }, { pointer: "", catalogue: leaking }).faults).toHaveLength(1);
  });

  test("where a number is expected, a condition is refused", () => {
    expect(parseRule({ var: "orders.sum_365d" }, { pointer: "", catalogue, expect: "number" }).faults).toEqual([]);
    expect(parseRule({ segment: "dormant" }, { pointer: "", catalogue, expect: "number" }).faults).toHaveLength(1);
  });

  test("a currency without decimals takes none", () => {
    const yen = buildCatalogue({ traits: {}, segments: {}, exponent: 0 });
    const parse = (amount: number) =>
      parseRule({ ">": [{ var: "orders.sum" }, amount] }, { pointer: "", catalogue: yen });
    expect(parse(500).rule).toMatchObject({ args: [{}, { value: 500 }] });
    expect(parse(0.5).faults).toHaveLength(1);
  });
});
