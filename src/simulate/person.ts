import { plus, toUtc, type Zone } from "../campaign/calendar.ts";
import { decideBranch } from "../campaign/decide/branch.ts";
import { challengeDay, firstChallengeDay } from "../campaign/decide/challenge.ts";
import { decideDate } from "../campaign/decide/date.ts";
import { type Decision, decided } from "../campaign/decide/decision.ts";
import { decideExpire } from "../campaign/decide/expire.ts";
import { decideGive } from "../campaign/decide/give.ts";
import { decidePhase } from "../campaign/decide/phase.ts";
import type { ChannelFacts } from "../campaign/decide/reach.ts";
import { decideSend } from "../campaign/decide/send.ts";
import { capSince, concerns } from "../campaign/decide/caps.ts";
import { decideSplit, splitVariable } from "../campaign/decide/split.ts";
import { decideCondition } from "../campaign/decide/wait.ts";
import { DEFAULT_VALIDITY, validUntil } from "../campaign/decide/validity.ts";
import type { Op } from "../campaign/enrolment.ts";
import {
  code,
  type CouponStep,
  type Day,
  type GiftStep,
  type Minute,
  option,
  type PointsStep,
  type Program,
  RSVP_OUTCOMES,
  type RsvpStep,
  type SendStep,
  type Step,
  type SurveyStep,
  type TaskStep,
  type WaitForStep,
} from "../campaign/program.ts";
import { optionName } from "../campaign/option-name.ts";
import { evaluate, holds } from "../rule/evaluate.ts";
import type { Value } from "../rule/ast.ts";
import type { Stimulus } from "../../workflows/messages.ts";
import { type Act, type Deed, NEVER } from "./act.ts";
import { asOfNow } from "./as-of.ts";
import type { Answer, World } from "./drive.ts";

/** How the tried customer behaves; figures are days. */
export interface Behaviour {
  /** checks in on the days of a challenge for which this holds */
  checksIn: (day: number) => boolean;
  /** after each wait for an event; undefined: never */
  actsAfter?: number;
  /** the same by event, where they differ: { "order.paid": 2 } */
  acts?: Record<string, number>;
  /** rating given to every survey question; undefined: does not answer */
  rating?: number;
  /** index of the outcome of every call; undefined: nobody calls */
  call?: number;
  /** by step, before all of the above */
  deeds?: Record<string, Deed>;
}

export interface PersonFacts {
  /** by step: the chain's channels as they stand for this customer */
  channels: (step: SendStep | SurveyStep | RsvpStep) => ChannelFacts[];
  openComplaint: boolean;
  /** customer.*, orders.*, trigger.*, … as rules ask for them, at the launch */
  facts: Record<string, Value>;
  /** what the launch sets */
  params?: Record<string, Value>;
  /** when the journey begins: what is done meets the goal too; left out, it does not */
  entered?: Minute;
}

/** A world that tells what was done in it. */
export interface Person extends World {
  /** what has been done up to a minute, in order */
  actsUntil(at: Minute): Act[];
}

const CHECK_IN_AT = 12 * 60 + 15;

/** One customer as activities and the outside would show them to the machine, decided by the same pure functions. */
export function person(program: Program, zone: Zone, launchDay: Day, known: PersonFacts, behaviour: Behaviour): Person {
  const acts: Act[] = [];
  let converted = false;
  const sent: { at: Minute; channel: string; kind: SendStep["sendKind"]; tags: string[] }[] = [];
  const waits = new Map<string, { status: "open" | "met"; outcome: number }>();
  const checkIns = new Map<string, Set<Day>>();
  const first = new Map<string, Day>();
  const answers: Record<string, Value> = {};
  const deferredFrom = new Map<string, Minute>();
  const untils = new Map<string, Minute>();

  const met = (op: Op, step: string, at: Minute, outcome: number, act?: Pick<Act, "by" | "what">): Answer["later"] => {
    waits.set(`${step}/${op.occurrence}`, { status: "open", outcome });
    if (act) acts.push({ at, step, occurrence: op.occurrence, ...act });
    return [{ at, stimulus: { kind: "met", at, pc: op.pc, occurrence: op.occurrence, outcome } }];
  };
  /** of the op that is being answered */
  let now: Minute = 0;
  const lookup = (name: string): Value => {
    const [root, first, second] = name.split(".");
    if (root === "steps" && second === "count") {
      return [...(checkIns.get(first!) ?? [])].filter((day) => toUtc(zone, day, CHECK_IN_AT) <= now).length;
    }
    if (root === "params") return known.params?.[first!] ?? program.params?.[first!]?.default ?? null;
    return answers[name] ?? asOfNow(program, zone, launchDay, known.facts, name, now) ?? known.facts[name] ?? null;
  };
  const plan = (step: Extract<Step, { kind: "challengeOpen" }>, from: Day) => {
    const days = Array.from({ length: step.days }, (_, i) => i + 1).filter(behaviour.checksIn);
    return new Set(days.map((day) => from + day - 1));
  };

  function firstDue(op: Op): Minute {
    const key = `${op.pc}/${op.occurrence}`;
    const due = deferredFrom.get(key) ?? op.due;
    deferredFrom.set(key, due);
    return due;
  }

  /** The person acts after so many days; what is first of several comes, or all of them; a condition is asked as it would be. */
  function awaitEvents(step: WaitForStep, op: Op, name: string, at: Minute): Answer {
    if (step.if !== undefined) {
      const key = `${name}/${op.occurrence}`;
      const until = untils.get(key) ?? plus(zone, at, step.within.days, step.within.minutes);
      untils.set(key, until);
      return decideCondition(holds(step.if, lookup), zone, at, until);
    }
    const deed = behaviour.deeds?.[step.id];
    const usual = behaviour.acts ? behaviour.acts[step.event] : behaviour.actsAfter;
    const after = deed ? (deed.after ?? behaviour.actsAfter ?? 1) : usual;
    if (after === undefined || deed?.what === NEVER) return { outcome: code("waiting") };
    const index = deed ? (step.any?.findIndex((_, i) => optionName(step, i) === deed.what) ?? 0) : 0;
    const outcome = step.any ? option(index) : code("met");
    const when = plus(zone, at, after, 0);
    const events = step.any ? [step.any[index]!.event] : step.all ? step.all.map(({ event }) => event) : [step.event];
    const later = met(op, name, when, outcome, { by: "customer", what: events.join("+") })!;
    // a purchase acts before that same event's waits
    return { outcome: code("waiting"), later: [...conversion(events, when), ...later] };
  }

  /** The first event that is the goal's. */
  function conversion(events: string[], at: Minute): NonNullable<Answer["later"]> {
    const { convert, onConvert } = program.goal;
    if (known.entered === undefined || converted || !convert || !events.includes(convert.event)) return [];
    if (at >= plus(zone, known.entered, convert.within.days, convert.within.minutes)) return [];
    converted = true;
    if (onConvert.mode === "continue") return [];
    return [{ at, stimulus: { kind: "convert", at, epoch: 1, pc: onConvert.mode === "goto" ? onConvert.pc : -1 } }];
  }

  function answerCall(step: TaskStep, op: Op, name: string, at: Minute): Answer {
    const deed = behaviour.deeds?.[step.id];
    const chosen = deed ? step.outcomes.findIndex(({ id }) => id === deed.what) : behaviour.call;
    if (chosen === undefined || chosen < 0) return { outcome: code("waiting") };
    const index = Math.min(chosen, step.outcomes.length - 1);
    const what = step.outcomes[index]!.id;
    answers[`steps.${step.id}.outcome`] = what;
    const when = plus(zone, at, deed?.after ?? 1, 0);
    return { outcome: code("waiting"), later: met(op, name, when, option(index), { by: "rep", what })! };
  }

  function mail(step: SendStep | SurveyStep | RsvpStep, op: Op, at: Minute): Decision {
    const due = firstDue(op);
    const challenge = step.kind === "send" ? step.challenge : undefined;
    const open = Object.values(program.steps).find((other) => other.kind === "challengeOpen" && other.id === challenge);
    const day =
      challenge !== undefined && open?.kind === "challengeOpen"
        ? (first.get(challenge) ?? 0) + challengeDay(op.occurrence, open.days) - 1
        : undefined;
    const done = day !== undefined && checkIns.get(challenge!)?.has(day) && toUtc(zone, day, CHECK_IN_AT) <= at;
    const decision = decideSend({
      at,
      zone,
      kind: step.sendKind,
      ...(step.tags && { tags: step.tags }),
      ...(step.ignoresCaps && { ignoresCaps: true }),
      policy: program.policy,
      openComplaint: known.openComplaint,
      validUntil: validUntil(zone, due, step.validFor ?? DEFAULT_VALIDITY, day),
      channels: known.channels(step),
      used: program.policy.caps.map(
        (cap) =>
          sent.filter((one) => one.at >= capSince(cap, zone, at) && concerns(cap, one.channel, one.kind, one.tags))
            .length,
      ),
      checkedIn: step.kind === "send" && step.unlessCheckedIn === true && done === true,
      ...(step.kind === "send" && step.coupon !== undefined && { couponsLeft: 1 }),
    });
    if (decision.channel && step.countsTowardsCaps !== false)
      sent.push({ at, channel: decision.channel.channel, kind: step.sendKind, tags: step.tags ?? [] });
    return decision;
  }

  function give(step: CouponStep | GiftStep | PointsStep, op: Op, at: Minute): Decision {
    const held = decideGive({
      at,
      kind: step.sendKind,
      policy: program.policy,
      openComplaint: known.openComplaint,
      validUntil: validUntil(zone, firstDue(op), step.validFor),
    });
    if (held) return held;
    if (step.kind === "coupon") answers[`steps.${step.id}.code`] = `${program.coupons[step.pool]?.prefix}-7K3M-Q2XD`;
    return decided("done");
  }

  return {
    actsUntil: (at) => acts.filter((act) => act.at <= at).toSorted((one, other) => one.at - other.at),
    happened(stimulus: Stimulus, step) {
      if (stimulus.kind === "met")
        waits.set(`${step}/${stimulus.occurrence}`, { status: "met", outcome: stimulus.outcome });
    },
    answer(op, name, at) {
      const step = program.steps[name]!;
      now = at;
      switch (step.kind) {
        case "send":
          return mail(step, op, at);
        case "survey": {
          const decision = mail(step, op, at);
          if (decision.outcome !== code("queued")) return decision;
          const deed = behaviour.deeds?.[step.id];
          const rating = deed ? Number(deed.what) : behaviour.rating;
          if (rating === undefined || Number.isNaN(rating)) return { ...decision, outcome: code("waiting") };
          for (const question of step.questions)
            if (question.rating) answers[`steps.${step.id}.${question.id}`] = Math.min(rating, question.rating);
          const when = plus(zone, at, deed?.after ?? 1, 0);
          const act = { by: "customer", what: String(rating) } as const;
          return { ...decision, outcome: code("waiting"), later: met(op, name, when, code("met"), act)! };
        }
        case "rsvp": {
          const decision = mail(step, op, at);
          if (decision.outcome !== code("queued")) return decision;
          const deed = behaviour.deeds?.[step.id];
          if (deed ? deed.what === NEVER : behaviour.rating === undefined)
            return { ...decision, outcome: code("waiting") };
          // who is content comes
          const answer = deed?.what ?? (behaviour.rating! > 2 ? "yes" : "no");
          answers[`steps.${step.id}.answer`] = answer;
          const outcome = option(RSVP_OUTCOMES.indexOf(answer as (typeof RSVP_OUTCOMES)[number]));
          const when = plus(zone, at, deed?.after ?? 1, 0);
          const act = { by: "customer", what: answer } as const;
          return { ...decision, outcome: code("waiting"), later: met(op, name, when, outcome, act)! };
        }
        case "waitFor":
          return awaitEvents(step, op, name, at);
        case "task":
          return answerCall(step, op, name, at);
        case "date":
          return decideDate(step, evaluate(step.day, lookup), zone, at);
        case "phase": {
          const days = program.phases.slice(0, step.phase).reduce((sum, phase) => sum + phase.days, 0);
          return decidePhase(step.phase, launchDay + days, zone, []);
        }
        case "challengeOpen": {
          const day = firstChallengeDay(zone, at, step.at);
          first.set(step.id, day);
          const planned = plan(step, day);
          checkIns.set(step.id, planned);
          for (const each of planned) {
            const at = toUtc(zone, each, CHECK_IN_AT);
            acts.push({ at, step: step.id, occurrence: op.occurrence, by: "customer", what: step.event });
          }
          return { outcome: code("opened"), value: day };
        }
        case "expire": {
          const wait = waits.get(`${step.of}/${op.occurrence}`);
          return decideExpire(wait ?? { status: "open", outcome: null }, step.as);
        }
        case "branch":
          return decideBranch(step.cases.map((rule) => () => holds(rule, lookup)));
        case "split":
          return decideSplit(step, Number(known.facts[splitVariable(program.campaign, step.id).name] ?? 0));
        case "set":
          for (const [name, rule] of Object.entries(step.values))
            answers[`steps.${step.id}.${name}`] = evaluate(rule, lookup);
          for (const [name, rule] of Object.entries(step.traits))
            answers[`customer.traits.${name}`] = evaluate(rule, lookup);
          return { outcome: code("done") };
        case "webhook":
          // the other side takes everything
          answers[`steps.${step.id}.status`] = 200;
          return { outcome: code("waiting"), later: met(op, name, at, code("met"))! };
        case "coupon":
        case "gift":
        case "points":
          return give(step, op, at);
        case "challengeClose":
          return { outcome: code("closed") };
        case "complaint":
          return { outcome: code("done") };
        case "exit":
          return { outcome: code("ended"), reasons: [step.reason] };
      }
    },
  };
}
