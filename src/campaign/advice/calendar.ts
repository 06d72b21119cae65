import { type Fault, warning } from "../../fault.ts";
import { DAY as MINUTES_OF_DAY, type Zone } from "../calendar.ts";
import { cronTimes } from "../cron.ts";
import { record } from "../definition/journey.ts";
import type { Advice } from "./advice.ts";

const UTC: Zone = { name: "UTC", transitions: [[0, 0]] };
/** 1 January 2027: four years from there have each day of the calendar */
const FROM = 57 * 365 * MINUTES_OF_DAY + 14 * MINUTES_OF_DAY;
const YEAR = 365 * MINUTES_OF_DAY;
const OFTEN = 24;

/** Launches that are seldom meant: some 29 February only, not in every month, more often than each hour. */
export const calendar: Advice = ({ definition, program }) => {
  const trigger = program.trigger;
  if (trigger?.kind !== "schedule") return [];
  const at = record(record(definition.trigger)?.schedule)?.cron === undefined ? "day" : "cron";
  const say = (en: string, zh: string): Fault[] => [warning(`/trigger/schedule/${at}`, { en, "zh-CN": zh })];
  const first = cronTimes(trigger.cron, UTC, FROM, FROM + YEAR, OFTEN + 1);
  if (first.length === 0) return say("comes in leap years only, every four years", "只有闰年才有这一天，四年一次");
  if (first.length > OFTEN && first[OFTEN]! - first[0]! < MINUTES_OF_DAY)
    return say(
      "launches more often than every hour: each launch enrols the whole audience anew",
      "比每小时一次更频繁：每次启动都会重新选取整个人群",
    );
  const [, , day, month] = trigger.cron.trim().split(/\s+/);
  if (month !== "*" || !(Number(day) > 28)) return [];
  return say(
    `not every month has a day ${day}: those without it are left out`,
    `并非每个月都有 ${day} 日：没有的月份不会启动`,
  );
};
