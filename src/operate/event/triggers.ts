import { digitsOf } from "../../campaign/currency.ts";
import { eventValue } from "../../campaign/event-value.ts";
import { OUTCOMES, type Program, type Text } from "../../campaign/program.ts";
import { triggerOf } from "../../campaign/trigger.ts";
import type { Reaction } from "../../intake/reaction.ts";
import { term } from "../../report/show/words.ts";
import { variablesOf } from "../../rule/ast.ts";
import type { Lookup } from "../../rule/evaluate.ts";
import type { Database } from "../../store/database.ts";
import { loadDocument } from "../../store/document.ts";
import type { EventView } from "../../store/event.ts";
import { idleCampaigns, joinedBySegments, type Progress, progressOf } from "../../store/event-looks.ts";
import { loadFacts } from "../../store/facts.ts";
import { loadStanding, type StandingRun } from "../../store/join/runs.ts";
import { joined, type Looking, whyNot } from "./waits.ts";
import { REFUSAL } from "./words.ts";

/** What an event was for one campaign that events of its type start, or that is started by a segment. */
export interface TriggerLook {
  campaign: string;
  /** null: none of the campaign's runs takes anybody */
  run: string | null;
  result:
    | "joined"
    | "settling"
    | "called-off"
    | "in-line"
    | "refused"
    | "before-launch"
    | "where"
    | "not-joined"
    | "no-run";
  says: Text;
  /** of those that joined */
  enrolment?: number;
  /** the reason was not kept: it is looked up as things are at this moment */
  asOf?: Date;
}

/** @param customer internal id; undefined: nobody knows the customer yet */
export async function lookAtTriggers(
  db: Database,
  event: EventView,
  customer: number | undefined,
  now: Looking,
): Promise<TriggerLook[]> {
  const reaction = (event.reaction ?? {}) as Reaction;
  const kept = keptLooks(reaction);
  const { entered = [], left = [] } = reaction;
  const bySegment =
    customer === undefined || event.reacted_at === null
      ? []
      : await joinedBySegments(db, customer, [...entered, ...left], event.reacted_at);
  const ids = [...kept, ...bySegment].flatMap((one) => one.enrolment ?? []);
  const progress = await progressOf(db, ids);
  const looks = kept.map((look) => ({
    ...look,
    ...(look.enrolment !== undefined && stands(progress.get(look.enrolment))),
  }));
  for (const { enrolment, run, segment } of bySegment) {
    const says = stands(progress.get(enrolment), {
      en: `by the segment "${segment}"`,
      "zh-CN": `因分群「${segment}」`,
    });
    looks.push({ campaign: campaignOf(run), run, result: "joined", enrolment, ...says! });
  }
  const known = new Set(looks.map((look) => look.run));
  for (const run of await loadStanding(db)) {
    if (known.has(run.id)) continue;
    const look = await whyNotJoined(db, event, customer, run, now);
    if (look) looks.push(look);
  }
  for (const campaign of await idleCampaigns(db, event.type)) {
    looks.push({ campaign, run: null, result: "no-run", says: NO_RUN, asOf: now.at });
  }
  return looks;
}

type Kept = Omit<TriggerLook, "says"> & { says: Text };

/** What was written down when the event was reacted to. */
function keptLooks(reaction: Reaction): Kept[] {
  const { joined: came = [], settling = [], calledOff = [], waiting = [], notJoined = [] } = reaction;
  const later = new Set([...came, ...notJoined].map((one) => one.run).concat(calledOff, waiting));
  const look = (run: string, result: TriggerLook["result"], says: Text) => ({
    campaign: campaignOf(run),
    run,
    result,
    says,
  });
  return [
    ...came.map(({ run, enrolment }) => ({
      ...look(run, "joined", JOINED),
      ...(enrolment !== undefined && { enrolment }),
    })),
    ...settling.filter((run) => !later.has(run)).map((run) => look(run, "settling", SETTLING)),
    ...calledOff.map((run) => look(run, "called-off", CALLED_OFF)),
    ...waiting.map((run) => look(run, "in-line", IN_LINE)),
    ...notJoined.map(({ run, reason }) => look(run, "refused", REFUSAL[reason])),
  ];
}

async function whyNotJoined(
  db: Database,
  event: EventView,
  customer: number | undefined,
  run: StandingRun,
  { at, home }: Looking,
): Promise<TriggerLook | undefined> {
  const program = await loadDocument<Program>(db, run.program);
  const trigger = triggerOf(program);
  if (trigger.kind !== "event" || trigger.event !== event.type) return undefined;
  const look = { campaign: program.campaign, run: run.id };
  if (event.occurred_at < run.launchedAt) return { ...look, result: "before-launch", says: BEFORE };
  if (event.reacted_at === null) return { ...look, result: "not-joined", says: NOT_YET };
  const { where } = trigger;
  if (where && customer !== undefined) {
    const variables = variablesOf(where);
    const facts = await loadFacts(db, { customers: [customer], variables, asOf: at, homeZone: home.timezone });
    const scope = new Map(variables.map((variable) => [variable.name, variable]));
    const lookup: Lookup = (name) => {
      const variable = scope.get(name)!;
      if (variable.source.from !== "scope") return facts.get(customer)?.[name];
      return eventValue(variable, event.data, digitsOf(home.currency));
    };
    const failing = whyNot(where, lookup, program, home.currency);
    if (failing.length > 0) {
      return {
        ...look,
        result: "where",
        says: joined(failing, { en: "its where does not hold: ", "zh-CN": "where 不满足：" }),
        asOf: at,
      };
    }
  }
  return { ...look, result: "not-joined", says: WOULD, asOf: at };
}

/** Where an enrolment stands by now: that it came in does not say that anything was sent. */
function stands(progress: Progress | undefined, how: Text = JOINED): { says: Text } | undefined {
  if (progress === undefined) return undefined;
  const { arm, status, endedReason, step, outcome, reasons } = progress;
  const line = (locale: keyof Text) => {
    const zh = locale === "zh-CN";
    const last =
      step === null || outcome === null
        ? ""
        : `${step}: ${[OUTCOMES[outcome] ?? String(outcome), ...(reasons ?? [])].map((code) => term(code, locale)).join(", ")}`;
    return [
      how[locale],
      arm === "holdout" && (zh ? "对照组：不触达，只测量" : "in the holdout: measured, not contacted"),
      status !== "live" && (zh ? `已结束（${endedReason ?? status}）` : `has ended (${endedReason ?? status})`),
      last && (zh ? `最近一步 ${last}` : `last step ${last}`),
    ]
      .filter(Boolean)
      .join(zh ? "；" : "; ");
  };
  return { says: { en: line("en"), "zh-CN": line("zh-CN") } };
}

/** "left-carts-1" is a run of "left-carts". */
function campaignOf(run: string): string {
  return run.replace(/-\d+$/, "");
}

const JOINED: Text = { en: "the customer came in", "zh-CN": "客户已加入" };
const SETTLING: Text = {
  en: "waits to be the last for a while (settle)",
  "zh-CN": "等待一段时间内无后续事件（settle）",
};
const CALLED_OFF: Text = { en: "something that calls it off came in between", "zh-CN": "期间发生了取消加入的事件" };
const IN_LINE: Text = { en: "the customer stands in line", "zh-CN": "客户正在排队" };
const BEFORE: Text = { en: "occurred before the run was launched", "zh-CN": "发生在该次运行启动之前" };
const NOT_YET: Text = { en: "not reacted to yet", "zh-CN": "尚未处理" };
const NO_RUN: Text = {
  en: "is applied, but no run of it takes anybody: campaign run",
  "zh-CN": "活动已发布，但没有正在接收的运行：campaign run",
};
const WOULD: Text = {
  en: "its trigger fits now; it did not when the event came, or the run did not stand yet",
  "zh-CN": "现在符合触发条件；事件到达时不符合，或运行尚未启动",
};
