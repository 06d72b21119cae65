import { haveAllCome } from "../../campaign/decide/wait.ts";
import { digitsOf } from "../../campaign/currency.ts";
import { ANY_EVENT, type Program, type Rule, type Text } from "../../campaign/program.ts";
import { loadPrograms, stepOf } from "../../intake/program.ts";
import type { Reaction } from "../../intake/reaction.ts";
import { rulesOf } from "../../intake/wait.ts";
import { type Asking, openFind } from "../../intake/where.ts";
import { explain, obstacles, sentences } from "../../rule/explain.ts";
import type { Lookup } from "../../rule/evaluate.ts";
import type { Database, Tx } from "../../store/database.ts";
import type { EventView } from "../../store/event.ts";
import { type WaitAround, waitsAround } from "../../store/event-looks.ts";

/** What an event was for one wait of its customer. */
export interface WaitLook {
  enrolment: number;
  run: string;
  step: string;
  kind: WaitAround["kind"];
  result: "met" | "met-by-another" | "over" | "other-type" | "ended" | "too-early" | "too-late" | "where" | "not-met";
  says: Text;
  /** the reason was not kept: it is looked up as things are at this moment */
  asOf?: Date;
}

interface Known extends WaitAround {
  member: Asking;
}

export interface Looking {
  at: Date;
  home: { currency: string; timezone: string };
}

export async function lookAtWaits(db: Database, event: EventView, customer: number, now: Looking): Promise<WaitLook[]> {
  const waits = await waitsAround(db, customer, event);
  const programs = await loadPrograms(
    db as Tx,
    waits.map((wait) => wait.program),
  );
  const known = waits.map((wait): Known => {
    const { enrolment: id, program } = wait;
    return { ...wait, member: { id, customer, program, known: programs.get(program)! } };
  });
  const find = await openFind(
    db,
    now,
    known.flatMap((wait) => conditionsOf(wait).map((rule) => ({ member: wait.member, rule }))),
  );
  return known.map((wait) => {
    const { enrolment, run, step, kind } = wait;
    const { derived, ...look } = resultOf(wait, event, (rule) => find(rule, wait.member, event), now);
    return { enrolment, run, step, kind, ...look, ...(derived && { asOf: now.at }) };
  });
}

function conditionsOf(wait: Known): Rule[] {
  const goal = wait.member.known.program.goal.convert?.where;
  return wait.kind === "goal" ? (goal ? [goal] : []) : rulesOf(wait);
}

type Result = Pick<WaitLook, "result" | "says"> & { derived?: true };

function resultOf(wait: Known, event: EventView, lookup: (rule: Rule) => Lookup, { home }: Looking): Result {
  const reaction = (event.reaction ?? {}) as Reaction;
  if (wait.metBy === event.id) return { result: "met", says: MET[wait.kind === "goal" ? "goal" : "step"] };
  if (wait.type !== event.type && wait.type !== ANY_EVENT) {
    return { result: "other-type", says: { en: `waits for ${wait.type}`, "zh-CN": `等待的是 ${wait.type}` } };
  }
  if (wait.status === "met") {
    const by = wait.byId === null ? "" : ` ${wait.bySource} ${wait.byId}`;
    return {
      result: "met-by-another",
      says: { en: `met by another event:${by || " –"}`, "zh-CN": `已由其他事件满足：${by || "–"}` },
    };
  }
  if (wait.status !== "open") return { result: "over", says: OVER[wait.status] };
  if (!wait.live) return { result: "ended", says: { en: "its enrolment has ended", "zh-CN": "参与已结束" } };
  if (event.occurred_at < wait.since) {
    const since = wait.since.toISOString();
    return {
      result: "too-early",
      says: { en: `occurred before ${since}, when it began`, "zh-CN": `发生早于等待开始时间 ${since}` },
    };
  }
  if (wait.until !== null && event.occurred_at > wait.until) {
    const until = wait.until.toISOString();
    return {
      result: "too-late",
      says: { en: `occurred after ${until}, when it was over`, "zh-CN": `发生晚于等待结束时间 ${until}` },
    };
  }
  if (reaction.order === "of-another-customer" && wait.kind === "goal") {
    return { result: "not-met", says: { en: "the order is another customer's", "zh-CN": "订单属于其他客户" } };
  }
  return { ...ruled(wait, event, lookup, home.currency), derived: true };
}

/** The rules, as they answer now. */
function ruled(wait: Known, event: EventView, lookup: (rule: Rule) => Lookup, currency: string): Result {
  const step = stepOf(wait.member.known, wait.step, "waitFor");
  const several = step?.any ?? step?.all;
  const rules = several
    ? several.filter((one) => one.event === event.type).flatMap((one) => one.where ?? [])
    : conditionsOf(wait);
  const failing = rules.flatMap((rule) => whyNot(rule, lookup(rule), wait.member.known.program, currency));
  if (failing.length > 0) {
    return { result: "where", says: joined(failing, { en: "its rule does not hold: ", "zh-CN": "条件不满足：" }) };
  }
  const all = several && several === step?.all;
  if (all && !haveAllCome(0, several.length)) {
    return { result: "not-met", says: { en: "waits for all of several events", "zh-CN": "需等待多个事件全部发生" } };
  }
  return { result: "not-met", says: NOW };
}

/** What keeps a rule from holding, a sentence each. */
export function whyNot(rule: Rule, lookup: Lookup, program: Pick<Program, "currency">, currency: string): Text[] {
  const wording = { exponent: digitsOf(program.currency ?? currency), label: () => undefined };
  return obstacles(explain(rule, lookup, wording)).map((one) => ({
    en: sentences(one, "en")[0]!.slice(2),
    "zh-CN": sentences(one, "zh-CN")[0]!.slice(2),
  }));
}

export function joined(texts: Text[], head: Text): Text {
  return {
    en: head.en + texts.map((text) => text.en).join("; "),
    "zh-CN": head["zh-CN"] + texts.map((text) => text["zh-CN"]).join("；"),
  };
}

const MET = {
  goal: { en: "this event met the goal", "zh-CN": "此事件达成了目标" },
  step: { en: "this event ended it", "zh-CN": "此事件结束了等待" },
};
const OVER = {
  expired: { en: "its time had run out", "zh-CN": "等待已超时" },
  dropped: { en: "the journey had gone on without it", "zh-CN": "流程已不再等待" },
};
const NOW: Text = {
  en: "it would fit now: it did not when it came, or was answered in another way",
  "zh-CN": "现在符合条件：到达时不符合，或以其他方式回应",
};
