import { campaign } from "./library.ts";

export const ok = { id: "hello", send: { channel: "email", template: "invite" } };

export const step = (body: object) => campaign([ok, { id: "x", ...body }]);
export const send = (more: object) => step({ send: { channel: "email", template: "invite", ...more } });
const task = (more: object) =>
  step({ task: { to: { team: "sales" }, title: "Call", due: "P1D", outcomes: [{ id: "yes" }], ...more } });
export const challenge = (more: object) =>
  step({ challenge: { days: 3, event: "check_in", at: "09:00", template: "day", ...more } });
const survey = (more: object) =>
  step({ survey: { template: "survey", within: "P1D", questions: [{ id: "score", rating: 5 }], ...more } });
export const goal = (more: object) =>
  campaign([ok, { ...ok, id: "second" }], { goal: more, phases: [{ id: "one", days: 3 }] });
export const plan = (...rows: object[]) =>
  campaign([ok], {
    phases: [{ id: "one", days: 3 }],
    plan: rows.map((row, index) => ({
      id: `r${index}`,
      phase: "one",
      title: "T",
      owner: "sales",
      from: 0,
      to: 1,
      ...row,
    })),
  });
export const audience = (more: object) => campaign([ok], { audience: { segment: "dormant", ...more } });
export const budget = (more: object) =>
  campaign([ok], {
    budget: { currency: "CNY", lines: [{ id: "l", items: [{ what: "w", qty: 1, unitPrice: 1 }] }], ...more },
  });

/** one fault each: [what is wrong, file, "pointer message (hint)"] */
export const cases: [string, unknown, string][] = [
  ["unknown step kind", step({ sned: {} }), '/journey/1/sned unknown step kind "sned" (did you mean "send"?)'],
  ["step without a kind", step({}), "/journey/1 the step does nothing (known: send, wait, waitFor, branch, "],
  [
    "two kinds at once",
    step({ send: ok.send, exit: {} }),
    "/journey/1 says several things: send, exit (one of them; put the other in an entry of its own)",
  ],
  [
    "a campaign that allows more than the home",
    campaign([ok], { policy: { caps: [{ max: 5, days: 1 }] } }),
    "/policy/caps/0/max the home allows 4 in 1 day(s), this would be 5: a campaign may only allow less",
  ],
  [
    "a campaign that sends while a complaint is open",
    campaign([ok], { policy: { problemFirst: false } }),
    "/policy/problemFirst the home holds promotions while a complaint is open; no campaign may send them",
  ],
  [
    "a promotion beyond the caps",
    send({ ignoresCaps: true }),
    '/journey/1/send/ignoresCaps a promotion keeps to the caps, and counts for them (only "kind": "service" or "transactional" may differ)',
  ],
  [
    "a name where an object is due",
    step({ points: 50 }),
    "/journey/1/points must be an object { … }, not 50 (its keys: give, kind, validFor)",
  ],
  ["unknown key", send({ chanel: "email" }), '/journey/1/send/chanel unknown key "chanel" (did you mean "channel"?)'],
  ["missing key", step({ send: { channel: "email" } }), '/journey/1/send/template "template" is missing'],
  [
    "unknown channel",
    send({ channel: ["emial"] }),
    '/journey/1/send/channel/0 unknown channel "emial" (did you mean "email"?)',
  ],
  [
    "unknown template",
    send({ template: "invte" }),
    '/journey/1/send/template unknown template "invte" (did you mean "invite"?)',
  ],
  [
    "unknown coupon pool",
    send({ coupon: "fith-off" }),
    '/journey/1/send/coupon unknown coupon pool "fith-off" (did you mean "fifth-off"?)',
  ],
  [
    "unknown topic",
    send({ topic: "promotoin" }),
    '/journey/1/send/topic unknown topic "promotoin" (did you mean "promotion"?)',
  ],
  [
    "unknown kind of send",
    send({ kind: "advert" }),
    '/journey/1/send/kind must be "promotion" or "service" or "transactional" (known: promotion, service, transactional)',
  ],
  [
    "negative duration",
    send({ validFor: "-P2D" }),
    '/journey/1/send/validFor "-P2D" is negative; time only runs forward (write P2D)',
  ],
  [
    "negative part of a duration",
    step({ wait: { for: "PT-5M" } }),
    '/journey/1/wait/for "PT-5M" is negative; time only runs forward (write PT5M)',
  ],
  ["duration of nothing", step({ wait: { for: "PT0M" } }), "/journey/1/wait/for must be longer than zero"],
  [
    "duration in months",
    audience({ reentry: "P6M" }),
    '/audience/reentry "P6M" has no single length: months and years differ (say it in days, for example P180D)',
  ],
  [
    "duration in years",
    audience({ reentry: "P1Y" }),
    '/audience/reentry "P1Y" has no single length: months and years differ (say it in days, for example P365D)',
  ],
  ["duration as a number", step({ wait: { for: 7 } }), "/journey/1/wait/for must be text, not 7"],
  [
    "no duration at all",
    step({ wait: { for: "soon" } }),
    '/journey/1/wait/for "soon" is not a duration (P7D is seven days, PT48H 48 hours, PT30M 30 minutes)',
  ],
  [
    "no time of day",
    step({ wait: { until: { at: "24:00" } } }),
    '/journey/1/wait/until/at "24:00" is not a time of day (write it as "09:00")',
  ],
  [
    "unknown phase",
    step({ wait: { until: { phase: "one" } } }),
    '/journey/1/wait/until/phase unknown phase "one" (there is no phase yet)',
  ],
  [
    "unknown segment",
    audience({ segment: "dormnt" }),
    '/audience/segment unknown segment "dormnt" (did you mean "dormant"?)',
  ],
  [
    "unknown gift",
    challenge({ gifts: [{ every: 1, gift: "stiker" }] }),
    '/journey/1/challenge/gifts/0/gift unknown gift "stiker" (did you mean "sticker"?)',
  ],
  [
    "gift without its budget line",
    challenge({ gifts: [{ every: 1, gift: "mug" }] }),
    '/journey/1/challenge/gifts/0/gift gift "mug" is booked on budget line "gifts", which this campaign does not have (add the line to /budget/lines)',
  ],
  [
    "reward of nothing",
    challenge({ gifts: [{ every: 1 }] }),
    "/journey/1/challenge/gifts/0 gives neither points nor a gift",
  ],
  [
    "reward for two things",
    challenge({ gifts: [{ every: 1, streak: 2, points: 1 }] }),
    '/journey/1/challenge/gifts/0 give either "every" or "streak"',
  ],
  [
    "reminder without a time",
    challenge({ reminder: "day-reminder" }),
    '/journey/1/challenge "remindAt" and "reminder" go together',
  ],
  [
    "reminder before its message",
    challenge({ reminder: "day-reminder", remindAt: "08:00" }),
    '/journey/1/challenge/remindAt must be later in the day than "at"',
  ],
  ["challenge of no days", challenge({ days: 0 }), "/journey/1/challenge/days must be at least 1"],
  ["half a day", challenge({ days: 1.5 }), "/journey/1/challenge/days must be a whole number, not 1.5"],
  [
    "unknown team",
    task({ to: { team: "sale" } }),
    '/journey/1/task/to/team unknown team "sale" (did you mean "sales"?)',
  ],
  [
    "unknown script",
    task({ script: "call" }),
    '/journey/1/task/script unknown call script "call" (known: call-script)',
  ],
  ["task without outcomes", task({ outcomes: [] }), "/journey/1/task/outcomes is empty: at least one is needed"],
  [
    "empty way of an outcome",
    task({ outcomes: [{ id: "yes", then: [] }] }),
    "/journey/1/task/outcomes/0/then is empty: at least one is needed",
  ],
  [
    "outcome twice",
    task({ outcomes: [{ id: "yes" }, { id: "yes" }] }),
    '/journey/1/task/outcomes/1/id "yes" is used twice, first at /journey/1/task/outcomes/0/id',
  ],
  [
    "question of no kind",
    survey({ questions: [{ id: "q" }] }),
    '/journey/1/survey/questions/0 give either "rating" or "text"',
  ],
  [
    "question twice",
    survey({
      questions: [
        { id: "q", rating: 5 },
        { id: "q", text: true },
      ],
    }),
    '/journey/1/survey/questions/1/id "q" is used twice, first at /journey/1/survey/questions/0/id',
  ],
  [
    "empty branch target",
    step({ branch: { if: true, then: [] } }),
    "/journey/1/branch/then is empty: at least one is needed",
  ],
  [
    "one branch of a parallel",
    step({ parallel: { branches: [[{ ...ok, id: "y" }]] } }),
    "/journey/1/parallel/branches needs at least 2 entries",
  ],
  [
    "unknown variable of a step",
    step({ branch: { if: { ">": [{ var: "steps.hello.count" }, 1] }, then: [{ ...ok, id: "y" }] } }),
    '/journey/1/branch/if/>/0/var unknown variable "steps.hello.count" (only a challenge, survey, task, rsvp, coupon, webhook or set finds or keeps something; here are none)',
  ],
  [
    "a parameter of a campaign without any",
    step({ branch: { if: { ">": [{ var: "params.discount" }, 1] }, then: [{ ...ok, id: "y" }] } }),
    '/journey/1/branch/if/>/0/var unknown variable "params.discount" (a campaign declares such in "params"; here are none)',
  ],
  [
    "a field of a trigger that has none",
    step({ branch: { if: { ">": [{ var: "trigger.amount" }, 1] }, then: [{ ...ok, id: "y" }] } }),
    '/journey/1/branch/if/>/0/var unknown variable "trigger.amount" (only where an event, a segment or a date starts the journey)',
  ],
  [
    "a variable's name in place of the variable",
    step({ branch: { if: { ">": ["orders.count", 3] }, then: [{ ...ok, id: "y" }] } }),
    '/journey/1/branch/if/>/1 expected a text as beside it, found a number (write {"var": "orders.count"})',
  ],
  [
    "unknown variable",
    step({ branch: { if: { ">": [{ var: "orders.summ_365d" }, 1] }, then: [{ ...ok, id: "y" }] } }),
    '/journey/1/branch/if/>/0/var unknown variable "orders.summ_365d" (did you mean "orders.sum_365d"?)',
  ],
  [
    "unknown field of a known event",
    step({ waitFor: { event: "order.paid", where: { ">": [{ var: "event.amuont" }, 1] }, within: "P1D" } }),
    '/journey/1/waitFor/where/>/0/var unknown variable "event.amuont" (did you mean "event.amount"?)',
  ],
  [
    "an event where there is none",
    step({ branch: { if: { ">": [{ var: "event.amount" }, 1] }, then: [{ ...ok, id: "y" }] } }),
    '/journey/1/branch/if/>/0/var unknown variable "event.amount"',
  ],
  [
    "step id twice",
    campaign([ok, { id: "b", branch: { if: true, then: [ok] } }]),
    '/journey/1/branch/then/0/id "hello" is used twice, first at /journey/0/id',
  ],
  ["step id of the system's own", campaign([{ ...ok, id: "goal" }]), '/journey/0/id "goal" is reserved'],
  [
    "step id of odd letters",
    campaign([{ ...ok, id: "Hello" }]),
    '/journey/0/id "Hello" is no id: lower-case letters, digits and hyphens, a letter first, at most 48',
  ],
  [
    "weights that do not sum to a hundred",
    step({ split: { branches: [{ weight: 50 }, { id: "new", weight: 40.5 }] } }),
    "/journey/1/split/branches weights sum to 90.5, not to 100",
  ],
  [
    "a split that is none",
    step({ split: { branches: [{ weight: 100 }] } }),
    "/journey/1/split/branches needs at least 2 entries",
  ],
  [
    "two ways of one name",
    step({
      split: {
        branches: [
          { id: "x", weight: 50 },
          { id: "x", weight: 50 },
        ],
      },
    }),
    '/journey/1/split/branches/1/id "x" is used twice, first at /journey/1/split/branches/0/id',
  ],
  [
    "more repeats than days in a year",
    step({ repeat: { times: 400, steps: [{ ...ok, id: "again" }] } }),
    "/journey/1/repeat/times must be at most 366",
  ],
  [
    "repeats within repeats that come to too many steps",
    step({
      repeat: {
        times: 100,
        steps: [{ id: "inner", repeat: { times: 50, steps: [{ ...ok, id: "again" }] } }],
      },
    }),
    "/journey/1 the journey comes to 5102 steps for one customer, passes counted; at most 3000",
  ],
  [
    "a survey that is repeated",
    step({
      repeat: {
        times: 2,
        steps: [{ id: "ask", survey: { template: "survey", within: "P1D", questions: [{ id: "q", rating: 5 }] } }],
      },
    }),
    '/journey/1/repeat/steps/0/survey a survey is asked once in a journey, so it cannot be repeated: its links and answers are kept by its id (put it after the repeat; or write a step for each time, with an id of its own ("ask-1", "ask-2"), instead of the repeat)',
  ],
  [
    "looking back to a step that decides nothing",
    campaign([
      { id: "pause", wait: { for: "P1D" } },
      { id: "w", waitFor: { event: "order.paid", since: "pause", within: "P1D" } },
    ]),
    '/journey/1/waitFor/since nothing is noted of "pause", a wait: there is no time since when to look (a step of another kind, before or inside of it; or "enrolment")',
  ],
  [
    "a window that ends before it begins",
    step({ wait: { until: { weekdays: ["mon"], from: "18:00", to: "09:00" } } }),
    '/journey/1/wait/until/to must be later in the day than "from"',
  ],
  [
    "an unknown weekday",
    step({ wait: { until: { weekdays: ["mo"] } } }),
    '/journey/1/wait/until/weekdays/0 must be "mon" or "tue" or',
  ],
  [
    "an unknown date trait",
    step({ wait: { until: { date: { trait: "brithday", at: "09:00" } } } }),
    '/journey/1/wait/until/date/trait unknown date trait "brithday"',
  ],
  [
    "a date that is none",
    step({ wait: { until: { date: { of: { var: "orders.count" }, at: "09:00" } } } }),
    "/journey/1/wait/until/date/of expected a date, found a number",
  ],
  [
    "two dates",
    step({ wait: { until: { date: { trait: "birthday", of: "2026-01-01", at: "09:00" } } } }),
    '/journey/1/wait/until/date/trait unknown date trait "birthday"',
  ],
  [
    "no date",
    step({ wait: { until: { date: { at: "09:00" } } } }),
    '/journey/1/wait/until/date give either "trait" or "of"',
  ],
  [
    "a wait for nothing",
    step({ waitFor: { within: "P1D" } }),
    '/journey/1/waitFor waits for nothing (one of "event", "any", "all", "if")',
  ],
  [
    "a wait for two kinds of things",
    step({ waitFor: { event: "check_in", if: true, within: "P1D" } }),
    "/journey/1/waitFor says several things: event, if",
  ],
  [
    "any of one",
    step({ waitFor: { any: [{ event: "check_in" }], within: "P1D" } }),
    "/journey/1/waitFor/any needs at least 2 entries",
  ],
  [
    "a field that the event does not have, in one of several",
    step({
      waitFor: {
        all: [{ event: "check_in" }, { event: "order.paid", where: { ">": [{ var: "event.amuont" }, 1] } }],
        within: "P1D",
      },
    }),
    '/journey/1/waitFor/all/1/where/>/0/var unknown variable "event.amuont" (did you mean "event.amount"?)',
  ],
  [
    "since an unknown step",
    step({ waitFor: { event: "check_in", since: "helo", within: "P1D" } }),
    '/journey/1/waitFor/since unknown step "helo" (did you mean "hello"?)',
  ],
  [
    "a where of its own beside several events",
    step({ waitFor: { any: [{ event: "check_in" }, { event: "order.paid" }], where: true, within: "P1D" } }),
    '/journey/1/waitFor/where "where" belongs to an "event"',
  ],
  ["no steps", campaign([]), "/journey is empty: at least one is needed"],
  ["a name in one language", campaign([ok], { name: { en: "Test" } }), '/name/zh-CN "zh-CN" is missing'],
  ["no object", [], " a campaign is a JSON object"],
];
