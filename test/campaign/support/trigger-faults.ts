import { campaign } from "./library.ts";
import { ok } from "./fault-cases.ts";

/** as `cases` of fault-cases.ts */
export const triggerCases: [string, unknown, string][] = [
  [
    "cron of four fields",
    campaign([ok], { trigger: { schedule: { cron: "0 10 1 4" } } }),
    '/trigger/schedule/cron "0 10 1 4" must have five fields (for example "0 10 1 4 *": 1 April, 10:00)',
  ],
  [
    "cron beyond the clock",
    campaign([ok], { trigger: { schedule: { cron: "0 25 1 4 *" } } }),
    '/trigger/schedule/cron hour "25" must be numbers from 0 to 23, ranges, or *',
  ],
  [
    "cron of a day that never comes",
    campaign([ok], { trigger: { schedule: { cron: "0 9 30-31 2 *" } } }),
    '/trigger/schedule/cron "0 9 30-31 2 *" never comes: there is no such day',
  ],
  [
    "a launch for nobody in particular",
    { ...campaign([ok]), audience: undefined },
    '/audience says nobody: "segment" or "list" is missing ("segment": who fits a rule; "list": who is named in a file)',
  ],
  [
    "a zone by letters",
    campaign([ok], { timezone: "CST" }),
    '/timezone "CST" means several zones, or one that changes its clocks otherwise than you think (write region and city: Asia/Shanghai, America/Chicago; or UTC)',
  ],
  [
    "catching up by hours",
    campaign([ok], { trigger: { date: { month: 2, day: 3, at: "09:00", catchUp: "PT12H" } } }),
    "/trigger/date/catchUp is counted in whole days, 30 at most (P1D also brings those whose day was yesterday; left out, a day ends at midnight)",
  ],
  [
    "trigger of an unknown kind",
    campaign([ok], { trigger: { evnt: {} } }),
    '/trigger/evnt unknown key "evnt" (did you mean "event"?)',
  ],
  [
    "two kinds of days in a cron line",
    campaign([ok], { trigger: { schedule: { cron: "0 9 1 * 1" } } }),
    "/trigger/schedule/cron both a day of the month and a day of the week: that is read in two ways (write * for one of them)",
  ],
  [
    "a month without a day",
    campaign([ok], { trigger: { schedule: { at: "09:00", month: 4 } } }),
    "/trigger/schedule/month a month needs a day",
  ],
  [
    "a field that the trigger's event does not have",
    campaign([ok], { trigger: { event: { type: "cart.updated", enrolBy: "trigger.card_id" } } }),
    '/trigger/event/enrolBy the event has no field "card_id" (did you mean "trigger.cart_id"?)',
  ],
  [
    "a rule of the trigger over a field that its event does not have",
    campaign([ok], { trigger: { event: { type: "cart.updated", where: { ">": [{ var: "event.amonut" }, 5] } } } }),
    '/trigger/event/where/>/0/var unknown variable "event.amonut" (did you mean "event.amount"?)',
  ],
  [
    "calling off what does not wait",
    campaign([ok], { trigger: { event: { type: "cart.updated", unless: "order.paid" } } }),
    '/trigger/event/unless calls off what settles, but nothing does: it enrols at once (add "settle": "PT1H")',
  ],
  [
    "phases where customers join at any time",
    campaign([ok], { trigger: { segment: { id: "dormant" } }, phases: [{ id: "one", days: 3 }] }),
    "/phases phases and plan are counted from a launch, but here customers join at any time (leave them out; use waits)",
  ],
  [
    "a date of no trait",
    campaign([ok], { trigger: { date: { trait: "birthday", at: "09:00" } } }),
    '/trigger/date/trait "birthday" is no date trait of rules/traits.json',
  ],
  [
    "30 February",
    campaign([ok], { trigger: { date: { month: 2, day: 30, at: "09:00" } } }),
    "/trigger/date/day there is no such day",
  ],
  [
    "an offset in hours",
    campaign([ok], { trigger: { date: { month: 2, day: 3, at: "09:00", offset: "-PT3H" } } }),
    '/trigger/date/offset "-PT3H" is not a number of days up to 180 (-P3D is three days before, P1D the day after)',
  ],
];
