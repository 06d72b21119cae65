import { warning } from "../../fault.ts";
import type { Advice } from "./advice.ts";

/** What comes round more than once a year would meet, without `reentry`, only those it has not met yet. */
export const reentry: Advice = ({ program }) => {
  // whom a date brings joins at each return
  if (program.audience.reentry !== undefined || !often(program.trigger)) return [];
  const message = {
    en: 'comes round again and again, but without "reentry" each customer enters only once in all',
    "zh-CN": '活动会反复进行，但没有 "reentry" 时每位客户一生只能进入一次',
  };
  return [warning("/audience", message, { en: 'for example "reentry": "P300D"', "zh-CN": '例如 "reentry": "P300D"' })];
};

/** Launches of the calendar in more than one month. */
function often(trigger: { kind: string; cron?: string } | undefined): boolean {
  const month = trigger?.kind === "schedule" ? trigger.cron?.trim().split(/\s+/)[3] : undefined;
  return month !== undefined && !/^\d+$/.test(month);
}
