import fc from "../../support/property.ts";
import { DATES, NUMBERS, TEXTS } from "./base.ts";

/** Well-typed rules of any shape, by the type of their value. */
export interface Rules {
  condition: unknown;
  number: unknown;
  /** what the planner asks the summary row first, and what each table is asked */
  bounded: unknown;
  /** conditions on texts, lists and what is missing */
  worded: unknown;
  /** the value of one variable or aggregate, by itself */
  plain: unknown;
}

const name = (...names: string[]) => fc.constantFrom(...names).map((one) => ({ var: one }));
const call = (op: string, ...args: fc.Arbitrary<unknown>[]) => fc.tuple(...args).map((list) => ({ [op]: list }));
const spread = (op: string, arg: fc.Arbitrary<unknown>, min = 1, max = 3) =>
  fc.array(arg, { minLength: min, maxLength: max }).map((list) => ({ [op]: list }));

const NUMBER_NAMES = [
  "customer.traits.number",
  "orders.count_30d",
  "orders.count",
  "orders.count_last_quarter",
  "events.check_in.count_this_month",
  "days_since.last_order",
  "days_since.first_order",
  "events.check_in.count_7d",
  "events.check_in.days_30d",
  "events.order.paid.count",
  "days_since.last_event.check_in",
  "complaints.open",
  "days_since.last_enrolment",
  "days_since.last_enrolment.spring",
  "messages.count_30d",
  "messages.count",
  "messages.days",
  "messages.days_this_quarter",
  "days_since.last_message",
  "churn.risk",
  "rfm.recency",
];
const MONEY_NAMES = [
  "customer.traits.money",
  "orders.sum_365d",
  "orders.sum",
  "orders.avg_3y",
  "orders.min_30d",
  "orders.sum_this_year",
  "orders.max",
  "orders.avg_30d",
  "orders.min_365d",
  "value.next_365d",
];
const DATE_NAMES = [
  "customer.traits.date",
  "today",
  "orders.last_365d",
  "orders.first",
  "orders.last_last_week",
  "events.check_in.last",
  "events.check_in.first_30d",
  "messages.last_365d",
  "messages.first_this_year",
  "orders.first_30d",
];
const TEXT_NAMES = [
  "customer.traits.text",
  "customer.traits.other",
  "customer.owner",
  "customer.locale",
  "customer.timezone",
  "customer.id",
  "tier",
];
const FLAG_NAMES = [
  "customer.traits.flag",
  "consent.email",
  "campaigns.enrolled",
  "campaigns.spring.enrolled",
  "campaigns.converted",
  "campaigns.autumn.converted",
];
const ALL_NAMES = [
  ...NUMBER_NAMES,
  ...MONEY_NAMES,
  ...DATE_NAMES,
  ...TEXT_NAMES,
  ...FLAG_NAMES,
  "customer.traits.tags",
];
/** Days that return around the base's day, by the sun or the moon (2026-03-08 is the 20th of the first lunar month). */
const RETURNING = [
  ...["1990-03-08", "1988-02-29", "2004-03-09", "2023-02-10", "2024-02-29", "1990-02-15"],
  // the first and the last lunar year that return, and their neighbours
  ...["1849-02-12", "1850-03-03", "2150-02-17", "2151-03-07"],
  // the 30th of a lunar month that has 29 days when it is asked about; the 29th
  ...["2024-02-09", "1991-02-13", "1990-02-28", "2000-02-05"],
  // the 30th of one that has 30
  "1994-03-11",
];
/** Literals of amounts in major units. */
const AMOUNTS = [0, 0.01, 1, 99.99, 100, 50000, -5, 90071992547409];
const ITEM_RULES = [
  { orders: { count: "orders", where: { ">=": [{ var: "item.qty" }, 0] } } },
  { orders: { sum: "qty", within: "365d", where: { "==": [{ var: "item.category" }, "tea"] } } },
  { events: { type: "check_in", count: "events", within: "365d", where: { "==": [{ var: "event.step" }, "a"] } } },
  { events: { type: "page_viewed", days: "days", where: { ">": [{ var: "event.seconds" }, 5] } } },
  {
    events: {
      type: "order.paid",
      count: "events",
      within: "this_year",
      where: { "!": { "<": [{ var: "event.amount" }, 10] } },
    },
  },
  { events: { type: "page_viewed", sum: "seconds", within: "last_month" } },
  { events: { type: "page_viewed", avg: "seconds", where: { "!=": [{ var: "event.step" }, "a"] } } },
  { events: { type: "page_viewed", min: "seconds", within: "1y" } },
  { events: { type: "page_viewed", max: "seconds", within: "90d", where: { "==": [{ var: "event.step" }, "b"] } } },
  { orders: { count: "orders", where: { "!": { ">=": [{ var: "item.price" }, 10] } } } },
  { orders: { max: "qty", within: "30d", where: { in: [{ var: "item.category" }, ["tea", "cup"]] } } },
];
function overWindows(asked: Record<string, object>, of: string, ...windows: string[]): unknown[] {
  return windows.map((within) => ({ [of]: { ...asked[of], within } }));
}
const BOUGHT = { ">=": [{ var: "item.qty" }, 0] };
const CHECKED = { "==": [{ var: "event.step" }, "a"] };
/** The same figure over two windows: neither may be taken for the other. */
const TWO_WINDOWS = [
  overWindows({ orders: { count: "orders", where: BOUGHT } }, "orders", "30d", "1y"),
  overWindows({ orders: { sum: "qty", where: BOUGHT } }, "orders", "this_month", "1y"),
  overWindows({ events: { type: "check_in", count: "events", where: CHECKED } }, "events", "7d", "365d"),
];
const ITEMS = fc.constantFrom(...ITEM_RULES);
const DATE_AGGREGATES = fc.constantFrom(
  { orders: { first: "day", within: "1y", where: { "!=": [{ var: "item.category" }, "cup"] } } },
  { orders: { last: "day", where: { ">": [{ var: "item.qty" }, 0] } } },
  { events: { type: "check_in", first: "day", where: { "==": [{ var: "event.step" }, "b"] } } },
  { events: { type: "page_viewed", last: "day", within: "365d", where: { "<=": [{ var: "event.seconds" }, 5] } } },
);
const AMOUNT_AGGREGATES = fc.constantFrom(
  { events: { type: "order.paid", sum: "amount", within: "this_quarter" } },
  { events: { type: "order.paid", avg: "amount", within: "3y" } },
  { events: { type: "order.paid", max: "amount", where: { ">": [{ var: "event.amount" }, 9.99] } } },
  { orders: { sum: "amount", within: "last_month", where: { "==": [{ var: "item.category" }, "cup"] } } },
  { orders: { avg: "amount", where: { "!=": [{ var: "item.category" }, "cup"] } } },
  { orders: { min: "amount", where: { ">=": [{ var: "item.qty" }, 1] } } },
);

const COUNTED = [
  "orders.count",
  "orders.count_30d",
  "orders.count_last_year",
  "days_since.last_order",
  "days_since.first_order",
  "events.check_in.count_30d",
  "messages.count_30d",
  "complaints.open",
];
const SUMMED = [
  "orders.sum",
  "orders.sum_365d",
  "orders.avg_30d",
  "orders.min_365d",
  "orders.max_30d",
  "orders.sum_this_month",
];

const each = <T, U>(list: readonly T[], make: (one: T) => U[]): U[] => list.flatMap(make);

/** What must not be left to chance: each date that returns, each side of each bound. */
export const EDGES: unknown[] = [
  ...each(RETURNING, (date) => [
    { is_today: [date] },
    { is_today: [date, "lunar"] },
    { is_today: [date, "solar", 31] },
  ]),
  ...each(["==", "<", "<=", ">", ">="], (op) =>
    each(COUNTED, (name) => each([0, 1, 2, 30], (value) => [{ [op]: [{ var: name }, value] }])),
  ),
  ...each(["==", "<=", ">"], (op) =>
    each(SUMMED, (name) => each([0, 0.01, 99.99], (value) => [{ [op]: [value, { var: name }] }])),
  ),
  { and: [{ "==": [{ var: "customer.locale" }, "en"] }, { "!": [{ var: "customer.traits.flag" }] }] },
  ...each(ITEM_RULES, (one) => [{ "<=": [one, 1] }, { ">": [one, 1] }]),
  // a count that may be nothing, on the right of what it is compared with
  ...each(["<", ">", ">="], (op) =>
    each(COUNTED, (name) => each([0, 1], (value) => [{ [op]: [value, { var: name }] }])),
  ),
  ...each(TWO_WINDOWS, ([short, long]) => [
    { "==": [short, long] },
    { and: [{ "==": [short, 0] }, { ">": [long, 0] }] },
  ]),
  ...each([...DATE_NAMES, "customer.traits.date"], (name) => [
    { missing: [name] },
    { "<=": [{ var: name }, "2026-03-07"] },
  ]),
];

const compared = (arg: fc.Arbitrary<unknown>) =>
  fc.oneof(
    fc.constantFrom("==", "!=", "<", "<=", ">", ">=").chain((op) => call(op, arg, arg)),
    fc.constantFrom("<", "<=").chain((op) => call(op, arg, arg, arg)),
  );
/** At least one side must say what the literals mean. */
const against = (variable: fc.Arbitrary<unknown>, other: fc.Arbitrary<unknown>) =>
  fc.oneof(
    fc.constantFrom("==", "!=", "<", "<=", ">", ">=").chain((op) => call(op, variable, other)),
    fc.constantFrom("<", "<=").chain((op) => call(op, other, variable, other)),
  );

export const rules = fc.letrec<
  Rules & { yes: unknown; money: unknown; text: unknown; list: unknown; date: unknown; element: unknown }
>((tie) => {
  const deep = { maxDepth: 4, depthIdentifier: fc.createDepthIdentifier() };
  const arithmetic = (arg: fc.Arbitrary<unknown>) => [
    spread("+", arg),
    call("-", arg, arg),
    call("-", arg),
    spread("min", arg),
    spread("max", arg),
    call("if", tie("condition"), arg, arg),
    call("if", tie("condition"), arg),
  ];
  return {
    condition: fc.oneof(
      deep,
      tie("yes"),
      tie("yes"),
      fc.array(fc.constantFrom(...ALL_NAMES), { maxLength: 3 }).map((names) => ({ missing: names })),
      fc
        .tuple(fc.integer({ min: 0, max: 3 }), fc.array(fc.constantFrom(...ALL_NAMES), { maxLength: 3 }))
        .map((args) => ({ missing_some: args })),
      tie("list"),
    ),
    yes: fc.oneof(
      deep,
      name(...FLAG_NAMES),
      fc.boolean(),
      spread("and", tie("condition")),
      spread("or", tie("condition")),
      call("!", tie("condition")),
      compared(tie("number")),
      tie("bounded"),
      against(tie("money"), fc.constantFrom(...AMOUNTS)),
      compared(tie("money")),
      against(tie("date"), fc.constantFrom(...DATES)),
      fc.constantFrom("==", "!=").chain((op) => call(op, tie("text"), tie("text"))),
      fc.constantFrom("==", "!=").chain((op) => call(op, tie("yes"), tie("yes"))),
      call("in", tie("text"), tie("text")),
      call("in", tie("text"), tie("list")),
      call("in", tie("number"), fc.array(fc.constantFrom(...NUMBERS), { maxLength: 3 })),
      call("in", tie("money"), fc.array(fc.constantFrom(...AMOUNTS), { maxLength: 3 })),
      call("in", tie("date"), fc.array(fc.constantFrom(...DATES), { maxLength: 3 })),
      fc.constantFrom("some", "all", "none").chain((op) => call(op, tie("list"), tie("element"))),
      call("is_today", fc.oneof(tie("date"), fc.constantFrom(...RETURNING))),
      call("is_today", fc.constantFrom(...RETURNING), fc.constant("lunar")),
      call(
        "is_today",
        fc.oneof(tie("date"), fc.constantFrom(...RETURNING)),
        fc.constantFrom("solar", "lunar"),
        fc.constantFrom(0, 1, 6, 31),
      ),
      fc.constantFrom("buyers", "lost-buyers").map((id) => ({ segment: id })),
      fc.boolean().map((otherwise) => ({ var: ["customer.traits.flag", otherwise] })),
      call("if", tie("condition"), tie("yes"), tie("yes")),
    ),
    bounded: fc.oneof(
      deep,
      against(name(...COUNTED), fc.constantFrom(-1, 0, 0.5, 1, 2, 30, 180)),
      against(name(...COUNTED), fc.constantFrom(-1, 0, 0.5, 1, 2, 30, 180)),
      against(name(...SUMMED), fc.constantFrom(0, 0.01, 99.99, 100, 50000, -5)),
      against(name(...SUMMED), fc.constantFrom(0, 0.01, 99.99, 100, 50000, -5)),
      against(ITEMS, fc.constantFrom(0, 1, 2, 5, -3)),
      against(AMOUNT_AGGREGATES, fc.constantFrom(...AMOUNTS)),
      against(name(...COUNTED), fc.constantFrom(1, 2)),
      fc.constantFrom("buyers", "lost-buyers").map((id) => ({ segment: id })),
      // what is asked of the customer's own row first, so that candidates are few
      fc.constantFrom("en", "zh-CN").map((locale) => ({ "==": [{ var: "customer.locale" }, locale] })),
      spread("and", tie("bounded"), 2),
      spread("or", tie("bounded"), 2),
    ),
    worded: fc.oneof(
      deep,
      fc.constantFrom("==", "!=").chain((op) => call(op, tie("text"), tie("text"))),
      call("in", tie("text"), tie("text")),
      call("in", tie("text"), tie("list")),
      call("in", tie("date"), fc.array(fc.constantFrom(...DATES), { maxLength: 3 })),
      fc.constantFrom("some", "all", "none").chain((op) => call(op, tie("list"), tie("element"))),
      fc.constantFrom("some", "all", "none").chain((op) => call(op, name("customer.traits.tags"), tie("element"))),
      fc.constantFrom(...ALL_NAMES).map((one) => ({ missing: [one] })),
      against(tie("date"), fc.constantFrom(...DATES)),
      call("is_today", fc.constantFrom(...RETURNING), fc.constantFrom("solar", "lunar"), fc.constantFrom(0, 1, 6, 31)),
    ),
    plain: fc.oneof(
      name(...NUMBER_NAMES, ...MONEY_NAMES),
      name(...NUMBER_NAMES, ...MONEY_NAMES),
      ITEMS,
      AMOUNT_AGGREGATES,
      call("days_since", fc.oneof(name(...DATE_NAMES), DATE_AGGREGATES)),
    ),
    number: fc.oneof(
      deep,
      name(...NUMBER_NAMES),
      fc.constantFrom(...NUMBERS),
      ITEMS,
      fc.constantFrom(...NUMBERS).map((otherwise) => ({ var: ["customer.traits.number", otherwise] })),
      spread("*", tie("number"), 1, 2),
      call("/", tie("number"), tie("number")),
      call("%", tie("number"), tie("number")),
      fc.constantFrom({ "%": [{ "*": [1e15, 7] }, 180] }, { "%": [180, { "*": [1e15, 7] }] }),
      call("if", tie("condition"), tie("number"), tie("condition"), tie("number"), tie("number")),
      call("if", tie("condition"), tie("number"), tie("condition"), tie("number")),
      call("days_since", tie("date")),
      fc.tuple(fc.constantFrom("a", "茶 '"), fc.constantFrom(2, 7, 10_000)).map((args) => ({ bucket: args })),
      call("/", tie("money"), tie("money")),
      ...arithmetic(tie("number")),
    ),
    money: fc.oneof(
      deep,
      name(...MONEY_NAMES),
      name(...MONEY_NAMES),
      AMOUNT_AGGREGATES,
      call("*", tie("money"), fc.constantFrom(...NUMBERS)),
      call("/", tie("money"), tie("number")),
      ...arithmetic(tie("money")),
    ),
    text: fc.oneof(
      deep,
      name(...TEXT_NAMES),
      fc.constantFrom(...TEXTS),
      spread("cat", tie("text")),
      fc.constantFrom(...TEXTS).map((otherwise) => ({ var: ["customer.owner", otherwise] })),
      call("if", tie("condition"), tie("text"), tie("text")),
    ),
    date: fc.oneof(
      deep,
      name(...DATE_NAMES),
      name(...DATE_NAMES),
      DATE_AGGREGATES,
      call("if", tie("condition"), tie("date")),
    ),
    list: fc.oneof(
      deep,
      name("customer.traits.tags"),
      fc.array(fc.constantFrom(...TEXTS), { maxLength: 3 }),
      call("if", tie("condition"), tie("list"), tie("list")),
    ),
    element: fc.oneof(
      deep,
      call("==", fc.constant({ var: "" }), tie("text")),
      call("in", fc.constant({ var: "" }), tie("list")),
      call("in", tie("text"), fc.constant({ var: "" })),
      call("!", tie("element")),
      fc.constantFrom("some", "all", "none").chain((op) => call(op, tie("list"), tie("element"))),
      tie("condition"),
    ),
  };
});
