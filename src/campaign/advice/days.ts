import type { Text } from "../program.ts";
import { DAY } from "./way.ts";

/** "3 days", "90 minutes": a span as one would say it. */
export function spoken(minutes: number): Text {
  const [number, one, many, zh] =
    minutes % DAY === 0
      ? [minutes / DAY, "day", "days", "天"]
      : minutes % 60 === 0
        ? [minutes / 60, "hour", "hours", "小时"]
        : [minutes, "minute", "minutes", "分钟"];
  return { en: `${number} ${number === 1 ? one : many}`, "zh-CN": `${number} ${zh}` };
}

/** minute of the day -> "09:00" */
export function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}
