import { z } from "zod";
import { nearest } from "../../fault.ts";
import type { Type } from "../../rule/ast.ts";
import type { Library } from "../library.ts";
import { METRIC_NAMES } from "../metrics.ts";
import type { Rule } from "../program.ts";
import { list, record, stepsOf } from "./journey.ts";
import { complain, type Reader, reference, unknownName } from "./leaf.ts";

/** Channels of a send, as consent and chains name them. */
export const CHANNELS = ["email", "wecom-customer", "sms"] as const;
export const TOPICS = ["promotion", "service", "transactional"] as const;

/** Which variables a rule may use besides the customer's own. */
export type RuleScope = "customer" | "steps" | "event" | "event and run" | "event and steps";

/** Readers for everything that must be known when a campaign is read: library names, the file's own ids, rules. */
export interface Names {
  template: Reader<string>;
  segment: Reader<string>;
  list: Reader<string>;
  coupon: Reader<string>;
  gift: Reader<string>;
  webhook: Reader<string>;
  team: Reader<string>;
  script: Reader<string>;
  metric: Reader<string>;
  channel: Reader<string>;
  topic: Reader<string>;
  phase: Reader<string>;
  planRow: Reader<string>;
  rootStep: Reader<string>;
  /** "step", "enrolment", or a step that takes a decision */
  since: Reader<string>;
  currency: Reader<string>;
  /** decimals of the currency */
  digits: number;
  /** the home's traits that steps may write */
  traits: Record<string, Type>;
  rule(scope: RuleScope, expect: "boolean" | "number" | "any" | Type[]): z.ZodType<Rule>;
}

export type RuleReader = Names["rule"];

export function namesOf(library: Library, definition: unknown, rule: RuleReader): Names {
  const own = record(definition) ?? {};
  const roots = idsOf(own.journey);
  return {
    template: reference(
      { en: "template", "zh-CN": "模板" },
      Object.keys(library.templates),
      "a template of rules/templates",
      library.broken.templates,
    ),
    segment: reference(
      { en: "segment", "zh-CN": "人群" },
      Object.keys(library.segments),
      "a segment of rules/segments",
      library.broken.segments,
    ),
    list: reference(
      { en: "list", "zh-CN": "名单" },
      Object.keys(library.lists),
      "a list of customer_ids in rules/lists",
      library.broken.lists,
    ),
    coupon: reference(
      { en: "coupon pool", "zh-CN": "优惠券池" },
      Object.keys(library.coupons),
      "a coupon pool of rules/coupons",
      library.broken.coupons,
    ),
    gift: reference(
      { en: "gift", "zh-CN": "礼品" },
      Object.keys(library.gifts),
      "a gift of rules/gifts",
      library.broken.gifts,
    ),
    webhook: reference(
      { en: "webhook", "zh-CN": "webhook" },
      Object.keys(library.webhooks),
      "a webhook of rules/webhooks",
      library.broken.webhooks,
    ),
    team: reference({ en: "team", "zh-CN": "团队" }, Object.keys(library.teams), "a team of rules/teams.json"),
    script: reference(
      { en: "call script", "zh-CN": "话术" },
      Object.keys(library.scripts),
      "a call script of rules/scripts",
    ),
    metric: reference({ en: "metric", "zh-CN": "指标" }, METRIC_NAMES, `one of ${METRIC_NAMES.join(", ")}`),
    channel: reference({ en: "channel", "zh-CN": "渠道" }, CHANNELS, `one of ${CHANNELS.join(", ")}`),
    topic: reference(
      { en: "topic", "zh-CN": "订阅主题" },
      [...TOPICS, ...library.topics],
      "what customers can refuse separately",
    ),
    phase: reference({ en: "phase", "zh-CN": "阶段" }, idsOf(own.phases), "a phase of this campaign"),
    planRow: reference({ en: "plan row", "zh-CN": "计划项" }, idsOf(own.plan), "another plan row of this campaign"),
    rootStep: laterStep(roots.slice(1)),
    since: sinceOf(own.journey),
    currency: currencyOf(library.home.currency),
    digits: library.catalogue.exponent,
    traits: traitsOf(library),
    rule,
  };
}

/** All amounts of a home are in one currency. */
function currencyOf(home: string): Reader<string> {
  return z
    .string()
    .meta({ description: "the home's currency" })
    .check((context) => {
      if (context.value === home) return;
      complain(context, context.value, {
        message: {
          en: `"${context.value}" is not the home's currency, which is ${home}`,
          "zh-CN": `"${context.value}" 不是本站币种（${home}）`,
        },
        hint: { en: `write ${home}, or change rules/home.json`, "zh-CN": `请写 ${home}，或修改 rules/home.json` },
      });
    });
}

/** A conversion jumps forward on the first level of the journey, so its first step and nested ones are no targets. */
function laterStep(known: readonly string[]): Reader<string> {
  return z
    .string()
    .meta({ description: "a step of the journey's first level, not its first" })
    .check((context) => {
      if (known.includes(context.value)) return;
      complain(context, context.value, {
        message: {
          en: `"${context.value}" is no later step of the journey's first level`,
          "zh-CN": `"${context.value}" 不是后续的一级步骤`,
        },
        hint: nearest(context.value, known) ?? { en: "there is only one", "zh-CN": "一级步骤只有一个" },
      });
    });
}

/** These are the machine's alone: the ledger does not know when they were passed. */
const UNDECIDED = ["wait", "repeat", "parallel", "exit"];

function sinceOf(journey: unknown): Reader<string> {
  const all = [...stepsOf(journey)];
  const isNoted = (kind: string | undefined) => !UNDECIDED.includes(kind ?? "");
  const steps = all.flatMap(({ id, kind }) => (id !== undefined && isNoted(kind) ? [id] : []));
  const known = ["step", "enrolment", ...steps];
  const what = { en: "step", "zh-CN": "步骤" };
  return z
    .string()
    .meta({ description: "step, enrolment, or the id of a step" })
    .check((context) => {
      const { value } = context;
      if (known.includes(value)) return;
      const unnoted = all.find(({ id }) => id === value)?.kind;
      if (unnoted === undefined) return complain(context, value, unknownName(what, value, known));
      complain(context, value, {
        message: {
          en: `nothing is noted of "${value}", a ${unnoted}: there is no time since when to look`,
          "zh-CN": `"${value}"（${unnoted}）不留记录，无从得知从何时看起`,
        },
        hint: {
          en: `a step of another kind, before or inside of it; or "enrolment"`,
          "zh-CN": '请写其前或其内的其他类型步骤，或 "enrolment"',
        },
      });
    });
}

function traitsOf({ catalogue }: Library): Record<string, Type> {
  const prefix = "customer.traits.";
  return Object.fromEntries(
    catalogue.described.flatMap(({ name, type }) =>
      name.startsWith(prefix) && type !== "any" ? [[name.slice(prefix.length), type]] : [],
    ),
  );
}

function idsOf(items: unknown): string[] {
  return list(items).flatMap((item) => {
    const id = record(item)?.id;
    return typeof id === "string" ? [id] : [];
  });
}
