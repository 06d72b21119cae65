import { DAY } from "./calendar.ts";
import type { Duration, Text } from "./program.ts";

/**
 * ISO 8601 durations with one meaning: weeks, days, hours, minutes. Months and years are refused, since "one month
 * from 31 January" has none; seconds are finer than the machine's clock.
 */
const SHAPE = /^(-)?P(?:(-?\d+)W)?(?:(-?\d+)D)?(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?)?$/;
const LONGEST_DAYS = 3660;

export type DurationResult = { duration: Duration } | { message: Text; hint?: Text };

export function parseDuration(text: string): DurationResult {
  const parts = SHAPE.exec(text);
  if (!parts || /^-?P(T|$)$|T$/.test(text)) return malformed(text);
  const [, sign, ...numbers] = parts;
  const [weeks, days, hours, minutes] = numbers.map((part) => Number(part ?? 0)) as [number, number, number, number];
  if (sign || [weeks, days, hours, minutes].some((part) => part < 0)) {
    return {
      message: { en: `"${text}" is negative; time only runs forward`, "zh-CN": `"${text}" 是负数；时长不能为负` },
      hint: { en: `write ${text.replaceAll("-", "")}`, "zh-CN": `请写成 ${text.replaceAll("-", "")}` },
    };
  }
  const duration = { days: weeks * 7 + days, minutes: hours * 60 + minutes };
  if (duration.days + duration.minutes / DAY > LONGEST_DAYS) {
    return { message: { en: `"${text}" is longer than ten years`, "zh-CN": `"${text}" 超过十年` } };
  }
  return { duration };
}

function malformed(text: string): DurationResult {
  const months = /^-?P(\d+Y)?(\d+M)?/.exec(text);
  if (months && (months[1] || months[2])) {
    const days = parseInt(months[1] ?? "0", 10) * 365 + parseInt(months[2] ?? "0", 10) * 30;
    return {
      message: {
        en: `"${text}" has no single length: months and years differ`,
        "zh-CN": `"${text}" 长度不确定：每月、每年天数不同`,
      },
      hint: { en: `say it in days, for example P${days}D`, "zh-CN": `请用天数，例如 P${days}D` },
    };
  }
  return {
    message: { en: `"${text}" is not a duration`, "zh-CN": `"${text}" 不是时长` },
    hint: {
      en: "P7D is seven days, PT48H 48 hours, PT30M 30 minutes",
      "zh-CN": "P7D 是 7 天，PT48H 是 48 小时，PT30M 是 30 分钟",
    },
  };
}

export function isZero(duration: Duration): boolean {
  return duration.days === 0 && duration.minutes === 0;
}

/** { days: 7, minutes: 90 } as "P7DT1H30M", the way it would be written in a campaign. */
export function formatDuration({ days, minutes }: Duration): string {
  if (days === 0 && minutes === 0) return "PT0M";
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const time = `${hours > 0 ? `${hours}H` : ""}${rest > 0 ? `${rest}M` : ""}`;
  return `P${days > 0 ? `${days}D` : ""}${time && `T${time}`}`;
}

/** Days counted as 24 hours: for windows that SQL adds to a time. */
export function inMinutes({ days, minutes }: Duration): number {
  return days * DAY + minutes;
}
