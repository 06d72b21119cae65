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
import { evaluate, holds } from "../rule/evaluate.ts";
import type { Value } from "../rule/ast.ts";
import type { Stimulus } from "../../workflows/messages.ts";
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
}

export interface PersonFacts {
  /** by step: the chain's channels as they stand for this customer */
  channels: (step: SendStep | SurveyStep | RsvpStep) => ChannelFacts[];
  openComplaint: boolean;
  /** customer.*, orders.*, trigger.*, … as rules ask for them, at the launch */
  facts: Record<string, Value>;
  /** what the launch sets */
  params?: Record<string, Value>;
}

const CHECK_IN_AT = 12 * 60 + 15;

/** One customer as activities and the outside would show them to the machine, decided by the same pure functions. */
export function person(program: Program, zone: Zone, launchDay: Day, known: PersonFacts, behaviour: Behaviour): World {
  const sent: { at: Minute; channel: string; kind: SendStep["sendKind"]; tags: string[] }[] = [];
  const waits = new Map<string, { status: "open" | "met"; outcome: number }>();
  const checkIns = new Map<string, Set<Day>>();
  const first = new Map<string, Day>();
  const answers: Record<string, Value> = {};
  const deferredFrom = new Map<string, Minute>();
  const untils = new Map<string, Minute>();

  const met = (op: Op, step: string, at: Minute, outcome: number): Answer["later"] => {
    waits.set(`${step}/${op.occurrence}`, { status: "open", outcome });
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
    const after = behaviour.acts ? behaviour.acts[step.event] : behaviour.actsAfter;
    if (after === undefined) return { outcome: code("waiting") };
    const outcome = step.any ? option(0) : code("met");
    return { outcome: code("waiting"), later: met(op, name, plus(zone, at, after, 0), outcome)! };
  }

  function answerCall(step: TaskStep, op: Op, name: string, at: Minute): Answer {
    if (behaviour.call === undefined) return { outcome: code("waiting") };
    const index = Math.min(behaviour.call, step.outcomes.length - 1);
    answers[`steps.${step.id}.outcome`] = step.outcomes[index]!.id;
    return { outcome: code("waiting"), later: met(op, name, plus(zone, at, 1, 0), option(index))! };
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
          if (behaviour.rating === undefined) return { ...decision, outcome: code("waiting") };
          for (const question of step.questions)
            if (question.rating)
              answers[`steps.${step.id}.${question.id}`] = Math.min(behaviour.rating, question.rating);
          return { ...decision, outcome: code("waiting"), later: met(op, name, plus(zone, at, 1, 0), code("met"))! };
        }
        case "rsvp": {
          const decision = mail(step, op, at);
          if (decision.outcome !== code("queued")) return decision;
          if (behaviour.rating === undefined) return { ...decision, outcome: code("waiting") };
          // who is content comes
          const answer = behaviour.rating > 2 ? "yes" : "no";
          answers[`steps.${step.id}.answer`] = answer;
          const outcome = option(RSVP_OUTCOMES.indexOf(answer));
          return { ...decision, outcome: code("waiting"), later: met(op, name, plus(zone, at, 1, 0), outcome)! };
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
          checkIns.set(step.id, plan(step, day));
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
