import { campaign } from "./library.ts";

type Json = Record<string, unknown>;
const mail = (id: string): Json => ({ id, send: { channel: "email", template: "invite" } });
const challenge = (template = "day"): Json => ({
  id: "days",
  challenge: { days: 5, event: "check_in", at: "09:00", template },
});
const survey = (): Json => ({
  id: "ask",
  survey: { template: "survey", within: "P7D", questions: [{ id: "score", rating: 5 }] },
});
const call = (more: Json): Json => ({
  id: "call",
  task: { to: { team: "sales" }, title: "Call", due: "P1D", outcomes: [{ id: "yes" }], ...more },
});
const rsvp = (more: Json): Json => ({
  id: "come",
  rsvp: { template: "invite", within: "P3D", answers: [{ id: "yes" }, { id: "waiting-list" }], ...more },
});
const waitFor = (id: string, event: string, more: Json): Json => ({ id, waitFor: { event, within: "P7D", ...more } });
const goal = (within: string, more: Json): Json => ({ goal: { convert: { event: "order.paid", within }, ...more } });
const who = (more: Json): Json => ({ audience: { segment: "dormant", ...more } });
const phases = (...days: number[]): Json => ({
  phases: days.map((count, index) => ({ id: ["one", "two"][index], days: count })),
});
const row = (phase: string, more: Json): Json => ({
  ...{ id: "row", phase, title: "Work", owner: "sales", from: 0, to: 1 },
  ...more,
});

/** As `cases` of advice-cases.ts: about targets, plans, launches and lines. */
export const planCases: [string, Json, string, Json][] = [
  [
    "a rate of conversions that nothing defines",
    campaign([mail("hi")], { goal: { targets: [{ metric: "conversion_rate", atLeast: 0.1 }] } }),
    "/goal/targets/0/metric: conversion_rate stays empty",
    campaign([mail("hi")], goal("P9D", { targets: [{ metric: "conversion_rate", atLeast: 0.1 }] })),
  ],
  [
    "taking part where there is nothing to take part in",
    campaign([mail("hi")], { goal: { targets: [{ metric: "participation_rate", atLeast: 0.1 }] } }),
    "/goal/targets/0/metric: participation_rate stays empty",
    campaign([challenge()], { goal: { targets: [{ metric: "participation_rate", atLeast: 0.1 }] } }),
  ],
  [
    "a plan row that waits for a rating nobody gives",
    campaign([mail("hi")], {
      ...phases(9),
      plan: [row("one", { doneWhen: { metric: "satisfaction_avg", atLeast: 4 } })],
    }),
    "/plan/0/doneWhen/metric: satisfaction_avg stays empty",
    campaign([survey()], {
      ...phases(9),
      plan: [row("one", { doneWhen: { metric: "satisfaction_avg", atLeast: 4 } })],
    }),
  ],
  [
    "a gate with nothing behind it",
    campaign([mail("hi")], { ...phases(5, 9), plan: [row("two", { gate: true })] }),
    '/plan/0/gate: "row" holds nothing',
    campaign([mail("hi")], { ...phases(5, 9), plan: [row("one", { gate: true })] }),
  ],
  [
    "a wait that looks back to a step ahead",
    campaign([waitFor("w", "order.paid", { since: "hi" }), mail("hi")]),
    '/journey/0/waitFor/since: nobody has passed "hi" when they get to "w"',
    campaign([mail("hi"), waitFor("w", "order.paid", { since: "hi" })]),
  ],
  [
    "a time in line where nobody stands in line",
    campaign([mail("hi")], who({ exclusive: { group: "g", restAfter: "P3D", queueFor: "P3D" } })),
    "/audience/exclusive/queueFor: nobody waits",
    campaign([mail("hi")], who({ exclusive: { group: "g", restAfter: "P3D", queueFor: "P3D", onConflict: "queue" } })),
  ],
  [
    "a launch on 29 February",
    campaign([mail("hi")], { ...who({ reentry: "P9D" }), trigger: { schedule: { at: "09:00", day: 29, month: 2 } } }),
    "/trigger/schedule/day: comes in leap years only",
    campaign([mail("hi")], { ...who({ reentry: "P9D" }), trigger: { schedule: { at: "09:00", day: 28, month: 2 } } }),
  ],
  [
    "a launch on the 31st of each month",
    campaign([mail("hi")], { ...who({ reentry: "P9D" }), trigger: { schedule: { at: "09:00", day: 31 } } }),
    "/trigger/schedule/day: not every month has a day 31",
    campaign([mail("hi")], { ...who({ reentry: "P9D" }), trigger: { schedule: { cron: "0 9 28 * *" } } }),
  ],
  [
    "a launch each minute",
    campaign([mail("hi")], { ...who({ reentry: "P9D" }), trigger: { schedule: { cron: "* * * * *" } } }),
    "/trigger/schedule/cron: launches more often than every hour",
    campaign([mail("hi")], { ...who({ reentry: "P9D" }), trigger: { schedule: { cron: "0 * * * *" } } }),
  ],
  [
    "what a conversion leads to, where nothing is one",
    campaign([mail("hi")], { goal: { onConvert: "exit" } }),
    "/goal/onConvert: never acts",
    campaign([mail("hi")], goal("P9D", { onConvert: "exit" })),
  ],
  [
    "a day's mail without a way to check in",
    campaign([challenge("mute")]),
    '/journey/0/challenge/template: nobody can answer from this mail: template "mute" has no links.checkIn',
    campaign([challenge("tap")]),
  ],
  [
    "tries of a call that its first outcome closes",
    campaign([call({ attempts: 3 })]),
    "/journey/0/task/attempts: is never used up",
    campaign([call({ attempts: 3, outcomes: [{ id: "yes" }, { id: "no", connected: false }] })]),
  ],
  [
    "a waiting list where everybody has a seat",
    campaign([rsvp({})]),
    "/journey/0/rsvp/answers/1: nobody waits for a seat",
    campaign([rsvp({ seats: 5 })]),
  ],
];
