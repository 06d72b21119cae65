import { campaign } from "./library.ts";

type Json = Record<string, unknown>;
const mail = (id: string, more: Json = {}): Json => ({ id, send: { channel: "email", template: "invite", ...more } });
const offer = (id: string, more: Json = {}): Json => mail(id, { template: "offer", coupon: "fifth-off", ...more });
const wait = (id: string, days: number): Json => ({ id, wait: { for: `P${days}D` } });
const branch = (rule: unknown, more: Json = {}): Json => ({
  id: "b",
  branch: { if: rule, then: [mail("way")], ...more },
});
const challenge = (more: Json = {}): Json => ({
  id: "days",
  challenge: { days: 5, event: "check_in", at: "09:00", template: "day", ...more },
});
const survey = (more: Json = {}): Json => ({
  id: "ask",
  survey: { template: "survey", within: "P7D", questions: [{ id: "score", rating: 5 }], ...more },
});
const waitFor = (id: string, event: string, more: Json = {}): Json => ({
  id,
  waitFor: { event, within: "P7D", ...more },
});
const goal = (within: string, more: Json = {}): Json => ({
  goal: { convert: { event: "order.paid", within }, ...more },
});
const who = (more: Json): Json => ({ audience: { segment: "dormant", ...more } });
const phases = (...days: number[]): Json => ({
  phases: days.map((count, index) => ({ id: ["one", "two", "three"][index], days: count })),
});
const until = (phase: string): Json => ({ id: `until-${phase}`, wait: { until: { phase } } });
const at = (time: string): Json => ({ id: "at", wait: { until: { at: time } } });
const count = { var: "orders.count_30d" };
const BAD = { "<": [{ var: "steps.ask.score" }, 2] };
const complained = { trigger: { event: { type: "complaint.opened" } }, audience: {} };
const budget = (price: number): Json => ({
  budget: { currency: "CNY", lines: [{ id: "gifts", items: [{ what: "Mug", qty: 100, unitPrice: price }] }] },
});
const costs = (more: Json = {}): Json => ({
  goal: { participation: { event: "check_in" }, targets: [{ metric: "cost_per_participant", atMost: 50, ...more }] },
});

/** [what is wrong, the campaign, "pointer: a piece of the message"] and beside it one that is nearly the same, and fine */
export const cases: [string, Json, string, Json][] = [
  [
    "a branch on a constant",
    campaign([branch(true)]),
    "/journey/0/branch/if: always holds, so no other way is ever taken",
    campaign([branch({ ">": [count, 1] })]),
  ],
  [
    "bounds that exclude each other",
    campaign([branch({ and: [{ ">": [count, 5] }, { "<": [count, 3] }] })]),
    "/journey/0/branch/if: never holds, so these steps are never taken (what it asks of orders.count_30d excludes itself)",
    campaign([branch({ and: [{ ">": [count, 3] }, { "<": [count, 5] }] })]),
  ],
  [
    "bounds that meet in a point that both leave out",
    campaign([branch({ and: [{ ">=": [count, 3] }, { "<": [count, 3] }] })]),
    "excludes itself",
    campaign([branch({ and: [{ ">=": [count, 3] }, { "<=": [count, 3] }] })]),
  ],
  [
    "bounds between which there is nothing",
    campaign([branch({ "<=": [9, count, 3] })]),
    "excludes itself",
    campaign([branch({ "<=": [3, count, 9] })]),
  ],
  [
    "bounds through a segment of another kind of sum",
    campaign([branch({ and: [{ segment: "dormant" }, { "<": [{ var: "orders.sum_365d" }, 50] }] })]),
    "what it asks of orders.sum_365d excludes itself",
    campaign([branch({ or: [{ segment: "dormant" }, { "<": [{ var: "orders.sum_365d" }, 50] }] })]),
  ],
  [
    "two texts at once",
    campaign([
      branch({ and: [{ "==": [{ var: "customer.locale" }, "en"] }, { "==": [{ var: "customer.locale" }, "zh-CN"] }] }),
    ]),
    "what it asks of customer.locale excludes itself",
    campaign([
      branch({ or: [{ "==": [{ var: "customer.locale" }, "en"] }, { "==": [{ var: "customer.locale" }, "zh-CN"] }] }),
    ]),
  ],
  [
    "a count below nothing",
    campaign([branch({ "<": [count, 0] })]),
    "orders.count_30d is never below 0",
    campaign([branch({ "<=": [count, 0] })]),
  ],
  [
    "what every count is",
    campaign([branch({ ">=": [count, 0] }, { else: [mail("other")] })]),
    "always holds, so no other way is ever taken (orders.count_30d is never below 0)",
    // somebody who never bought has no such number
    campaign([branch({ ">=": [{ var: "days_since.last_order" }, 0] })]),
  ],
  [
    "more days than a challenge has",
    campaign([challenge(), branch({ ">": [{ var: "steps.days.count" }, 5] })]),
    "/journey/1/branch/if: never holds, so these steps are never taken (steps.days.count is from 0 to 5)",
    campaign([challenge(), branch({ ">=": [{ var: "steps.days.count" }, 5] })]),
  ],
  [
    "a rating that nobody can give",
    campaign([
      survey({
        branches: [{ if: { "<": [{ var: "steps.ask.score" }, 1] }, then: [mail("sorry", { kind: "service" })] }],
      }),
    ]),
    "/journey/0/survey/branches/0/if: never holds, so these steps are never taken (steps.ask.score is from 1 to 5)",
    campaign([
      survey({
        branches: [{ if: { "<=": [{ var: "steps.ask.score" }, 1] }, then: [mail("sorry", { kind: "service" })] }],
      }),
    ]),
  ],
  [
    "an outcome that the task does not have",
    campaign([
      {
        id: "call",
        task: { to: { team: "sales" }, title: "Call", due: "P1D", outcomes: [{ id: "yes" }, { id: "no" }] },
      },
      branch({ "==": [{ var: "steps.call.outcome" }, "maybe"] }),
    ]),
    "steps.call.outcome is only ever yes, no",
    campaign([
      {
        id: "call",
        task: { to: { team: "sales" }, title: "Call", due: "P1D", outcomes: [{ id: "yes" }, { id: "no" }] },
      },
      branch({ "==": [{ var: "steps.call.outcome" }, "no"] }),
    ]),
  ],
  [
    "a condition turned round",
    campaign([branch({ "!": { "<": [count, 0] } })]),
    "always holds",
    campaign([branch({ "!": { "<": [count, 1] } })]),
  ],
  [
    "a wait for an event that cannot come",
    campaign([waitFor("paid", "order.paid", { where: { "==": [1, 2] } })]),
    "/journey/0/waitFor/where: fits no event, so it is waited for in vain",
    campaign([waitFor("paid", "order.paid", { where: { ">": [{ var: "event.amount" }, 2] } })]),
  ],
  [
    "a repeat that is over before it begins",
    campaign([{ id: "r", repeat: { times: 2, every: "P1D", until: { ">=": [count, 0] }, steps: [mail("again")] } }]),
    "/journey/0/repeat/until: always holds, so not even the first pass begins",
    campaign([{ id: "r", repeat: { times: 2, every: "P1D", until: { ">": [count, 0] }, steps: [mail("again")] } }]),
  ],
  [
    "leaving for everybody",
    campaign([mail("hi")], who({ exitWhen: { ">=": [count, 0] } })),
    "/audience/exitWhen: always holds, so nobody enters",
    campaign([mail("hi")], who({ exitWhen: { ">=": [count, 1] } })),
  ],
  [
    "a way behind one that always holds",
    campaign([
      survey({
        branches: [
          { if: true, then: [mail("a")] },
          { if: BAD, then: [mail("c")] },
        ],
      }),
    ]),
    "/journey/0/survey/branches/0/if: always holds, so no other way is ever taken",
    // the last may be for all who are left
    campaign([
      survey({
        branches: [
          { if: BAD, then: [mail("c")] },
          { if: true, then: [mail("a")] },
        ],
      }),
    ]),
  ],
  [
    "a result asked for too soon",
    campaign([branch({ ">": [{ var: "steps.days.count" }, 3] }), challenge()]),
    '/journey/0/branch/if: asks for steps.days.count, but nobody has passed "days" when they get here',
    campaign([challenge(), branch({ ">": [{ var: "steps.days.count" }, 3] })]),
  ],
  [
    "a result of the way not taken",
    campaign([
      branch(
        { ">": [count, 3] },
        {
          then: [challenge()],
          else: [{ id: "c", branch: { if: { ">": [{ var: "steps.days.count" }, 3] }, then: [mail("x")] } }],
        },
      ),
    ]),
    "/journey/0/branch/else/0/branch/if: asks for steps.days.count",
    campaign([
      branch({ ">": [count, 3] }, { then: [challenge()] }),
      { id: "c", branch: { if: { ">": [{ var: "steps.days.count" }, 3] }, then: [mail("x")] } },
    ]),
  ],
  [
    "a result that only the last pass can know is known by the pass after it",
    campaign([
      branch({ ">": [{ var: "steps.days.count" }, 3] }),
      { id: "r", repeat: { times: 2, steps: [challenge()] } },
    ]),
    "/journey/0/branch/if: asks for steps.days.count",
    campaign([
      { id: "r", repeat: { times: 2, until: { ">": [{ var: "steps.days.count" }, 3] }, steps: [challenge()] } },
    ]),
  ],
  [
    "steps behind an exit",
    campaign([mail("hi"), { id: "bye", exit: {} }, mail("late"), mail("later")]),
    '/journey/2: nobody reaches "late": every way before it exits',
    campaign([mail("hi"), mail("late"), { id: "bye", exit: {} }]),
  ],
  [
    "steps behind ways that all exit",
    campaign([
      branch({ ">": [count, 1] }, { then: [{ id: "x", exit: {} }], else: [{ id: "y", exit: {} }] }),
      mail("late"),
    ]),
    '/journey/1: nobody reaches "late"',
    campaign([branch({ ">": [count, 1] }, { then: [{ id: "x", exit: {} }] }), mail("late")]),
  ],
  [
    "a wait for the phase that begins with the launch",
    campaign([until("one"), mail("hi")], phases(3, 4)),
    '/journey/0/wait/until/phase: "one" begins with the launch, so nobody ever waits here',
    campaign([until("two"), mail("hi")], phases(3, 4)),
  ],
  [
    "a wait for a phase that is over",
    campaign([wait("long", 9), until("two"), mail("hi")], phases(3, 4, 20)),
    '/journey/1/wait/until/phase: "two" is over before anybody gets here: it ends 7 days after the launch, the steps before take 9 days',
    // begun, and not yet over: goes on at once
    campaign([wait("long", 5), until("two"), mail("hi")], phases(3, 4, 20)),
  ],
  [
    "a challenge longer than its phase",
    campaign([until("two"), challenge({ days: 9 })], phases(3, 7, 30)),
    '/journey/1/challenge/days: "days" takes 9 days, but of phase "two" at most 8 are left when it begins',
    campaign([until("two"), challenge({ days: 7 })], phases(3, 7, 30)),
  ],
  [
    "a survey that outlives the last phase",
    campaign([wait("w", 8), survey()], phases(3, 10)),
    "/journey/1/survey/within: answers are taken until 15 days after the launch at least, but the last phase ends after 13 days",
    campaign([wait("w", 5), survey()], phases(3, 10)),
  ],
  [
    "an offer after the goal's window",
    campaign([wait("w", 20), offer("deal")], goal("P14D")),
    '/journey/1: "deal" comes 20 days after entering at the earliest, when the goal\'s window of 14 days has closed',
    campaign([wait("w", 10), offer("deal")], goal("P14D")),
  ],
  [
    "an offer behind a wait that ends in time only for who acts",
    campaign([waitFor("w", "check_in", { within: "P20D", timeout: [offer("deal")] })], goal("P14D")),
    '/journey/0/waitFor/timeout/0: "deal" comes 20 days after entering',
    campaign([waitFor("w", "check_in", { within: "P20D" }), offer("deal")], goal("P14D")),
  ],
  [
    "an offer behind many passes",
    campaign([{ id: "r", repeat: { times: 4, every: "P7D", steps: [mail("hi")] } }, offer("deal")], goal("P14D")),
    "comes 21 days after entering",
    campaign([{ id: "r", repeat: { times: 2, every: "P7D", steps: [mail("hi")] } }, offer("deal")], goal("P14D")),
  ],
  [
    "nothing sent in time",
    campaign([wait("w", 20), mail("hi")], goal("P14D")),
    '/journey/1: "hi" comes 20 days after entering',
    campaign([mail("hi"), wait("w", 20), mail("last")], goal("P14D")),
  ],
  [
    "steps for the conversion behind a wait that it never gets past",
    campaign(
      [waitFor("paid", "order.paid", { then: [mail("thanks", { kind: "service" })] })],
      goal("P30D", { onConvert: "exit" }),
    ),
    "/journey/0/waitFor/then: these steps are not taken while the goal's window is open",
    campaign([waitFor("paid", "order.paid", { then: [mail("thanks", { kind: "service" })] })], goal("P30D")),
  ],
  [
    "a promotion to who has just complained",
    campaign([mail("hi")], complained),
    '/journey/0/send: "hi" is a promotion, and the customer\'s complaint is open',
    campaign([waitFor("solved", "complaint.solved"), mail("hi")], complained),
  ],
  [
    "a promotion right after a complaint was opened for them",
    campaign([{ id: "c", complaint: { to: "service" } }, mail("hi")]),
    '/journey/1/send: "hi" is a promotion',
    campaign([{ id: "c", complaint: { to: "service" } }, mail("hi", { kind: "service" })]),
  ],
  [
    "a cost that the budget exceeds",
    campaign([mail("hi")], { ...who({ limit: 50 }), ...costs({ basis: "planned" }), ...budget(30) }),
    "/goal/targets/0/atMost: cannot be met: the budget comes to 60.00 each, even if all 50 take part",
    campaign([mail("hi")], { ...who({ limit: 50 }), ...costs({ basis: "planned" }), ...budget(25) }),
  ],
  [
    "a cost that the holdout makes too high",
    campaign([mail("hi")], { ...who({ limit: 60, holdout: 0.5 }), ...costs(), ...budget(25) }),
    "cannot be met: the budget, once it is spent, comes to 83.33 each, even if all 30 take part",
    campaign([mail("hi")], { ...who({ limit: 100, holdout: 0.5 }), ...costs(), ...budget(25) }),
  ],
  [
    "fewer gifts than are promised",
    campaign([challenge({ gifts: [{ every: 1, gift: "mug" }] })], { ...who({ limit: 20 }), ...budget(20) }),
    '/journey/0/challenge/gifts/0/gift: may take 100 pieces of "mug" (20 customers, 5 each), but there are 50',
    campaign([challenge({ gifts: [{ every: 5, gift: "mug" }] })], { ...who({ limit: 20 }), ...budget(20) }),
  ],
  [
    "a coupon that may be dead on arrival",
    campaign([offer("deal", { validFor: "P14D" })]),
    '/journey/0/send: a code of "fifth-off" is good for 14 days, but this message may leave 14 days late',
    campaign([offer("deal", { validFor: "P13D" })]),
  ],
  [
    "a reminder of a dead coupon",
    campaign([offer("deal"), waitFor("paid", "order.paid", { within: "P14D", timeout: [mail("last")] })]),
    '/journey/1/waitFor/within: waits 14 days for the coupon of "deal" to be used, which is good for 14 days',
    campaign([offer("deal"), waitFor("paid", "order.paid", { within: "P10D", timeout: [mail("last")] })]),
  ],
  [
    "a message that does not outlive the quiet hours",
    campaign([mail("hi", { validFor: "PT6H" })]),
    "/journey/0/send/validFor: is good for 6 hours, but quiet hours last 10 hours: what falls due soon after 22:00 is never sent",
    campaign([at("10:00"), mail("hi", { validFor: "PT6H" })]),
  ],
  [
    "a message in the quiet hours",
    campaign([at("23:00"), mail("hi", { validFor: "PT6H" })]),
    "/journey/1/send: is never sent: it falls due at 23:00, in the quiet hours from 22:00 to 08:00",
    campaign([at("23:00"), mail("hi", { validFor: "PT12H" })]),
  ],
  [
    "a challenge's reminder in the quiet hours",
    campaign([challenge({ remindAt: "22:30", reminder: "day-reminder" })]),
    "/journey/0/challenge/remindAt: is never sent: it falls due at 22:30",
    campaign([challenge({ remindAt: "21:30", reminder: "day-reminder" })]),
  ],
  [
    "a birthday's message in the quiet hours",
    campaign([mail("hi", { validFor: "PT1H" })], {
      trigger: { date: { month: 2, day: 3, at: "06:00" } },
      audience: { reentry: "P300D" },
    }),
    "/journey/0/send: is never sent: it falls due at 06:00",
    campaign([mail("hi", { validFor: "PT3H" })], {
      trigger: { date: { month: 2, day: 3, at: "06:00" } },
      audience: { reentry: "P300D" },
    }),
  ],
  [
    "a template without its coupon",
    campaign([mail("hi", { template: "code" })]),
    '/journey/0/send/template: template "code" says coupon.code (code.en.mjml line 4), which this message does not have',
    campaign([mail("hi", { template: "code", coupon: "fifth-off" })]),
  ],
  [
    "a check-in link outside a challenge",
    campaign([mail("hi", { template: "tap" })]),
    '/journey/0/send/template: template "tap" says links.checkIn (tap.en.mjml line 4), which this message does not have',
    campaign([challenge({ template: "tap" })]),
  ],
  [
    "a template that first asks whether there is a coupon",
    campaign([mail("hi", { template: "code" })]),
    "coupon.code",
    campaign([mail("hi", { template: "asks" })]),
  ],
  [
    "a holdout that tells nothing",
    campaign([mail("hi")], who({ limit: 100, holdout: 0.1 })),
    "/audience/holdout: is 10 customers: chance alone moves their rate by 19 points or so, so no lift can be told",
    campaign([mail("hi")], who({ limit: 200, holdout: 0.1 })),
  ],
  [
    "a holdout of nobody",
    campaign([mail("hi")], who({ list: "vip", holdout: 0.1 })),
    "/audience/holdout: is nobody",
    campaign([mail("hi")], who({ list: "vip" })),
  ],
  [
    "a monthly campaign that each customer enters once",
    campaign([mail("hi")], { trigger: { schedule: { at: "09:00", day: 1 } } }),
    '/audience: comes round again and again, but without "reentry" each customer enters only once in all',
    campaign([mail("hi")], { ...who({ reentry: "P25D" }), trigger: { schedule: { at: "09:00", day: 1 } } }),
  ],
];
