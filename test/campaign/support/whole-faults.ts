import { audience, budget, goal, ok, plan } from "./fault-cases.ts";
import { campaign } from "./library.ts";

/** As `cases` of fault-cases.ts: of goal, plan, audience and budget. */
export const wholeCases: [string, unknown, string][] = [
  [
    "goto the first step",
    goal({ onConvert: { goto: "hello" } }),
    '/goal/onConvert/goto "hello" is no later step of the journey\'s first level',
  ],
  [
    "goto nowhere",
    goal({ onConvert: { goto: "secnd" } }),
    '/goal/onConvert/goto "secnd" is no later step of the journey\'s first level (did you mean "second"?)',
  ],
  [
    "unknown metric",
    goal({ targets: [{ metric: "participation", atLeast: 0.7 }] }),
    '/goal/targets/0/metric unknown metric "participation" (did you mean "participation_rate"?)',
  ],
  [
    "share written in percent",
    goal({ targets: [{ metric: "conversion_rate", atLeast: 12 }] }),
    "/goal/targets/0/atLeast 12 must be from 0 to 1 (write 0.12)",
  ],
  [
    "target without bound",
    goal({ targets: [{ metric: "conversion_rate" }] }),
    '/goal/targets/0 give either "atLeast" or "atMost"',
  ],
  [
    "basis of a share",
    goal({ targets: [{ metric: "conversion_rate", atLeast: 0.1, basis: "actual" }] }),
    "/goal/targets/0/basis only a cost has a basis",
  ],
  [
    "watch on an unknown phase",
    goal({
      watch: [
        {
          metric: "conversion_rate",
          below: 0.1,
          from: { phase: "two", after: "P1D" },
          task: { to: "sales", due: "P1D" },
        },
      ],
    }),
    '/goal/watch/0/from/phase unknown phase "two" (known: one)',
  ],
  ["plan after nothing", plan({ after: ["r9"] }), '/plan/0/after/0 unknown plan row "r9" (did you mean "r0"?)'],
  ["plan beyond its phase", plan({ to: 3 }), "/plan/0/to day 3 is outside its phase (its phase has days 0 to 2)"],
  ["plan that ends before it begins", plan({ from: 2 }), "/plan/0/to day 1 is before day 2"],
  [
    "phase twice",
    campaign([ok], {
      phases: [
        { id: "one", days: 1 },
        { id: "one", days: 2 },
      ],
    }),
    '/phases/1/id "one" is used twice, first at /phases/0/id',
  ],
  ["holdout of everybody", audience({ holdout: 1 }), "/audience/holdout must be at most 0.9"],
  [
    "order by a text",
    audience({ orderBy: [{ var: "customer.locale" }, "asc"] }),
    "/audience/orderBy/0 expected a number, found a text",
  ],
  [
    "fractions of a cent",
    budget({ lines: [{ id: "l", items: [{ what: "w", qty: 1, unitPrice: 0.005 }] }] }),
    "/budget/lines/0/items/0/unitPrice 0.005 has more than 2 decimals, or is too large",
  ],
  [
    "another currency",
    budget({ currency: "EUR" }),
    '/budget/currency "EUR" is not the home\'s currency, which is CNY (write CNY, or change rules/home.json)',
  ],
  ["unknown zone", campaign([ok], { timezone: "Asia/Beijng" }), '/timezone unknown time zone "Asia/Beijng"'],
  ["an offset as zone", campaign([ok], { timezone: "+08:00" }), '/timezone unknown time zone "+08:00"'],
];
