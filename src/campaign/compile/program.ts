import type { Scope } from "../../rule/variables/scope.ts";
import { typeIn } from "../check/data.ts";
import type { CampaignDefinition } from "../definition/campaign.ts";
import type { Library } from "../library.ts";
import { isMetric, METRICS } from "../metrics.ts";
import type { BudgetLine, Code, Goal, Program, Step, Target, Watch, PlanRow } from "../program.ts";
import { contactOf } from "../definition/library/policy.ts";
import { tightened } from "../tighten.ts";
import { audienceOf } from "./audience.ts";
import { compileJourney } from "./journey.ts";
import { compileTrigger } from "./trigger.ts";

/** A definition without faults to its program. Holds only what the campaign uses, so that other files do not rename it. */
export function assemble(definition: CampaignDefinition, library: Library, scope: Scope): Program {
  const { audience, journey, phases, plan } = definition;
  const { assembler, roots } = compileJourney(
    journey,
    phases.map((phase) => phase.id),
  );
  const code = assembler.code();
  const { steps } = assembler;
  const zone = definition.timezone ?? library.home.timezone;
  for (const step of Object.values(steps)) if ("template" in step) noteUses(step, library, scope);
  const used = usedBy(Object.values(steps));
  return {
    version: 1,
    campaign: definition.id,
    name: definition.name,
    timezone: zone,
    currency: library.home.currency,
    ...(Object.keys(definition.params).length > 0 && { params: definition.params }),
    code,
    places: assembler.names(),
    steps,
    roots: journey.map((step) => step.id),
    phases,
    plan: plan.map((row) => planRow(row, library)),
    goal: goalOf(definition.goal, library, (id) => {
      const root = journey.findIndex((step) => step.id === id);
      return { pc: assembler.pc(roots[root]!), root };
    }),
    budget: (definition.budget?.lines ?? []).map((line) =>
      budgetLine(line, plan[0]?.owner ?? Object.keys(library.teams)[0]),
    ),
    trigger: compileTrigger(definition.trigger, library, zone),
    audience: audienceOf(audience, library),
    policy: definition.policy ? tightened(library.policy, contactOf(definition.policy)) : library.policy,
    templates: pick(used.templates, (name) => library.templates[name]!.hash),
    coupons: pick(used.coupons, (name) => library.coupons[name]!),
    gifts: pick(used.gifts, (name) => library.gifts[name]!),
    ...(used.webhooks.length > 0 && { webhooks: pick(used.webhooks, (name) => library.webhooks[name]!) }),
    cohortSize: cohortSize(code),
  };
}

function goalOf(
  goal: CampaignDefinition["goal"],
  library: Library,
  find: (id: string) => { pc: number; root: number },
): Goal {
  const { participation, convert, onConvert } = goal;
  const minor = (metric: string, bound: number) => scaled(metric, bound, library.catalogue.exponent);
  return {
    ...(participation && { participation }),
    ...(convert && {
      convert: {
        event: convert.event,
        ...(convert.where !== undefined && { where: convert.where }),
        within: convert.within,
      },
    }),
    onConvert: typeof onConvert === "string" ? { mode: onConvert } : { mode: "goto", ...find(onConvert.goto) },
    targets: goal.targets.map(({ metric, atLeast, atMost, basis }): Target => ({
      metric,
      ...(atLeast !== undefined && { atLeast: minor(metric, atLeast) }),
      ...(atMost !== undefined && { atMost: minor(metric, atMost) }),
      ...(basis && { basis }),
    })),
    watch: goal.watch.map(({ metric, below, above, from, task }): Watch => ({
      metric,
      ...(below !== undefined && { below: minor(metric, below) }),
      ...(above !== undefined && { above: minor(metric, above) }),
      ...(from.phase !== undefined && { phase: from.phase }),
      after: from.after,
      team: task.to,
      due: task.due,
    })),
  };
}

function planRow({ doneWhen, ...row }: CampaignDefinition["plan"][number], library: Library): PlanRow {
  if (doneWhen === undefined || typeof doneWhen === "string")
    return { ...row, ...(doneWhen !== undefined && { doneWhen }) };
  const { metric, atLeast, atMost } = doneWhen;
  const minor = (bound: number) => scaled(metric, bound, library.catalogue.exponent);
  return {
    ...row,
    doneWhen: {
      metric,
      ...(atLeast !== undefined && { atLeast: minor(atLeast) }),
      ...(atMost !== undefined && { atMost: minor(atMost) }),
    },
  };
}

/** Bounds on money are written in major units and held in minor ones. */
function scaled(metric: string, bound: number, exponent: number): number {
  return isMetric(metric) && METRICS[metric].unit === "money" ? Math.round(bound * 10 ** exponent) : bound;
}

type BudgetDefinition = NonNullable<CampaignDefinition["budget"]>["lines"][number];

/** @param fallback who is told of a line without an owner: the team that the plan begins with */
function budgetLine({ id, items, owner, channels }: BudgetDefinition, fallback: string | undefined): BudgetLine {
  const team = owner ?? fallback;
  return {
    id,
    planned: items.reduce((sum, item) => sum + item.qty * item.unitPrice, 0),
    items,
    ...(team !== undefined && { team }),
    ...(channels && { channels }),
  };
}

function usedBy(steps: readonly Step[]) {
  const mails = steps.filter((step) => step.kind === "send" || step.kind === "survey" || step.kind === "rsvp");
  const sends = steps.filter((step) => step.kind === "send");
  const rewards = steps.flatMap((step) => (step.kind === "challengeOpen" ? step.gifts : []));
  return {
    templates: mails.map((step) => step.template),
    coupons: [
      ...sends.flatMap((step) => step.coupon ?? []),
      ...steps.flatMap((step) => (step.kind === "coupon" ? step.pool : [])),
    ],
    webhooks: steps.flatMap((step) => (step.kind === "webhook" ? step.hook : [])),
    gifts: [
      ...rewards.flatMap((reward) => reward.gift ?? []),
      ...steps.flatMap((step) => (step.kind === "gift" ? step.gift : [])),
    ],
  };
}

/** What has to be at hand when the step's mail is rendered. */
function noteUses(step: Extract<Step, { template: string }>, library: Library, scope: Scope): void {
  const uses = (library.templates[step.template]!.uses ?? []).map(({ name }) => [name, typeIn(scope, name)] as const);
  if (uses.length === 0) return;
  step.uses = Object.fromEntries(uses.flatMap(([name, type]) => (type === undefined ? [] : [[name, type]])));
}

function pick<T>(names: readonly string[], find: (name: string) => T): Record<string, T> {
  return Object.fromEntries([...new Set(names)].sort().map((name) => [name, find(name)]));
}

const COHORT = 500;
/** Temporal refuses inputs of 2 MB; half of it leaves room for stimuli on their way */
const MOST_BYTES = 1_000_000;
const DIGITS = 12;

/** As many members as keep the code and everybody's packed state (at its widest) below a megabyte. */
function cohortSize(code: Code): number {
  const forks = code.instructions.reduce((sum, each) => sum + (each.do === "fork" ? each.branches.length : 0), 1);
  const state = (5 + code.registers + 6 * Math.min(forks, 16)) * DIGITS;
  const left = MOST_BYTES - JSON.stringify(code).length;
  return Math.max(1, Math.min(COHORT, Math.floor(left / state)));
}
