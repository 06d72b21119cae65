import { type Fault, pointer, warning } from "../../fault.ts";
import { record } from "../definition/journey.ts";
import type { Policy } from "../program.ts";
import type { Advice } from "./advice.ts";
import { clock, spoken } from "./days.ts";
import { DAY, minutes, type Passed } from "./way.ts";

/** Messages that are too old when the quiet hours are over. */
export const quiet: Advice = ({ definition, program, way }) => {
  const hours = program.policy.quietHours;
  if (!hours) return [];
  return way.steps.flatMap((step): Fault[] => {
    if (step.kind === "challenge") return daily(step, hours);
    if (!["send", "survey", "rsvp"].includes(step.kind) || step.body.kind === "transactional") return [];
    const due = dueAt(step, definition);
    const valid = step.body.validFor === undefined ? 2 * DAY : minutes(step.body.validFor);
    const at = step.pointer + pointer(step.kind);
    if (due !== undefined) {
      const left = untilOver(hours, due);
      if (left === undefined || (left < valid && hours.onConflict === "defer")) return [];
      return [never(at, due, hours)];
    }
    const longest = (hours.to - hours.from + DAY) % DAY;
    if (hours.onConflict === "skip" || valid > longest) return [];
    const from = clock(hours.from);
    const message = {
      en: `is good for ${spoken(valid).en}, but quiet hours last ${spoken(longest).en}: what falls due soon after ${from} is never sent`,
      "zh-CN": `有效期只有 ${spoken(valid)["zh-CN"]}，而免打扰时段长 ${spoken(longest)["zh-CN"]}：${from} 后不久到点的消息永远不会发出`,
    };
    const hint = {
      en: 'a longer "validFor", or wait for a time of day before it',
      "zh-CN": '请延长 "validFor"，或先等到某个时刻',
    };
    return [warning(step.body.validFor === undefined ? at : `${at}/validFor`, message, hint)];
  });
};

type Hours = NonNullable<Policy["quietHours"]>;

/** A challenge's message belongs to its day, which ends at midnight. */
function daily({ body, pointer: at }: Passed, hours: Hours): Fault[] {
  if (body.kind === "transactional") return [];
  return ["at", "remindAt"].flatMap((key) => {
    const due = minuteOf(body[key]);
    const left = due === undefined ? undefined : untilOver(hours, due);
    if (due === undefined || left === undefined || (due + left < DAY && hours.onConflict === "defer")) return [];
    return [never(at + pointer("challenge", key), due, hours)];
  });
}

function never(at: string, due: number, hours: Hours): Fault {
  const [from, to] = [clock(hours.from), clock(hours.to)];
  const message = {
    en: `is never sent: it falls due at ${clock(due)}, in the quiet hours from ${from} to ${to}, and is too old after them`,
    "zh-CN": `永远不会发出：到点时间 ${clock(due)} 在免打扰时段 ${from} 至 ${to} 内，结束时已过期`,
  };
  return warning(at, message, { en: "another time of day", "zh-CN": "请换一个时刻" });
}

/** The time of day at which a step falls due, where the step before it or the trigger says. */
function dueAt({ before, pointer: at }: Passed, definition: Record<string, unknown>): number | undefined {
  const until = before?.kind === "wait" ? record(before.body.until) : undefined;
  if (before) return minuteOf(until?.at ?? record(until?.date)?.at);
  return at === "/journey/0" ? minuteOf(record(record(definition.trigger)?.date)?.at) : undefined;
}

/** Minutes until the quiet hours that a minute of the day lies in are over. */
function untilOver({ from, to }: Hours, minute: number): number | undefined {
  const within = from > to ? minute >= from || minute < to : minute >= from && minute < to;
  return within ? (to - minute + DAY) % DAY : undefined;
}

function minuteOf(written: unknown): number | undefined {
  const parts = typeof written === "string" ? /^(\d\d):(\d\d)$/.exec(written) : null;
  return parts ? Number(parts[1]) * 60 + Number(parts[2]) : undefined;
}
