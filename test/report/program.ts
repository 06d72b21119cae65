import type { Instruction, OpInstruction, Program } from "../../src/campaign/program.ts";

const op = (step: string, root: number, next: number, more: Partial<OpInstruction> = {}): Instruction => ({ do: "op", step, root, next, ...more });
const mail = { channels: ["wecom-customer", "email"], sendKind: "promotion" as const, topic: "promotion", validFor: { days: 2, minutes: 0 } };

/** A small campaign with one step of each kind that the report tells about. Minor units: CNY × 100. */
export const program: Program = {
  version: 1,
  campaign: "winback",
  name: { en: "Win-back <month>", "zh-CN": "老客户唤醒月" },
  timezone: "Asia/Shanghai",
  currency: "CNY",
  code: {
    machine: 1,
    registers: 1,
    instructions: [
      op("invite", 0, 1),
      op("days/open", 1, 2),
      op("days/day", 1, 3),
      op("days/reminder", 1, 4),
      op("days/close", 1, 5),
      op("enough", 2, 6),
      op("call", 3, 7, { within: { days: 3, minutes: 0 }, expire: 7 }),
      op("call/expire", 3, 8),
      op("survey", 4, 9, { within: { days: 7, minutes: 0 }, expire: 9 }),
      op("survey/expire", 4, 10),
      { do: "end", root: 4 },
    ],
  },
  // out of order on purpose: jsonb does not keep it, so the report may not depend on it
  steps: {
    survey: { id: "survey", kind: "survey", ...mail, sendKind: "service", template: "survey", within: { days: 7, minutes: 0 },
      questions: [{ id: "why", text: true }, { id: "score", rating: 5, label: { en: "How was it?", "zh-CN": "您满意吗？" } }] },
    "survey/expire": { id: "survey", kind: "expire", of: "survey", as: "timeout" },
    call: { id: "call", kind: "task", team: "sales", by: "owner", title: "电话回访", due: { days: 3, minutes: 0 }, attempts: 3, sendKind: "service",
      outcomes: [{ id: "interested", connected: true }, { id: "no-answer", connected: false }] },
    "call/expire": { id: "call", kind: "expire", of: "call", as: "overdue" },
    enough: { id: "enough", kind: "branch", cases: [true] },
    "days/open": { id: "days", kind: "challengeOpen", event: "check_in", days: 5, at: 540, gifts: [{ every: 1, points: 10 }, { streak: 2, gift: "mug" }] },
    "days/day": { id: "days", kind: "send", ...mail, template: "day", validFor: "day", challenge: "days" },
    "days/reminder": { id: "days", kind: "send", ...mail, template: "day-reminder", validFor: "day", challenge: "days", unlessCheckedIn: true },
    "days/close": { id: "days", kind: "challengeClose", of: "days" },
    invite: { id: "invite", kind: "send", ...mail, template: "invite" },
  },
  roots: ["invite", "days", "enough", "call", "survey"],
  phases: [{ id: "warm-up", days: 10 }, { id: "execution", days: 30 }],
  plan: [
    { id: "select", phase: "warm-up", title: "客户筛选与分层", owner: "marketing", from: 0, to: 4, after: [], doneWhen: "《客户分层清单》", resources: [], gate: false },
    { id: "design", phase: "warm-up", title: "物料设计", owner: "design", from: 5, to: 9, after: ["select"], resources: [], gate: true },
    { id: "train", phase: "warm-up", title: "Training", owner: "sales", from: 5, to: 6, after: [], resources: [], gate: false },
    { id: "wrap-up", phase: "execution", title: "Wrap-up", owner: "marketing", from: 25, to: 29, after: [], resources: [], gate: false },
  ],
  goal: {
    participation: { event: "check_in", atLeast: 1 },
    convert: { event: "order.paid", within: { days: 91, minutes: 0 } },
    onConvert: { mode: "continue" },
    targets: [
      { metric: "participation_rate", atLeast: 0.7 },
      { metric: "conversion_rate", atLeast: 0.3 },
      { metric: "repurchase_rate_30d", atLeast: 0.5 },
      { metric: "satisfaction_avg", atLeast: 4.5 },
      { metric: "cost_per_participant", atMost: 5_000, basis: "actual" },
      { metric: "cost_per_participant", atMost: 5_000, basis: "planned" },
    ],
    watch: [],
  },
  budget: [
    { id: "mail", planned: 0, items: [] },
    { id: "gifts", planned: 30_000, items: [{ what: "马克杯", qty: 15, unitPrice: 2_000 }] },
  ],
  audience: { segment: "dormant", rule: true, holdout: 0.2 },
  policy: { caps: [], problemFirst: true },
  templates: {},
  coupons: { eighty: { id: "eighty", name: { en: "20 % off", "zh-CN": "八折券" }, percentOff: 20, minimum: 0, validFor: { days: 30, minutes: 0 }, prefix: "WB", limit: 100 } },
  gifts: { mug: { id: "mug", name: { en: "Mug", "zh-CN": "马克杯" }, unitCost: 2_000, stock: 50, line: "gifts" } },
  cohortSize: 500,
};
