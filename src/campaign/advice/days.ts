import type { Text } from "../program.ts";
import { DAY } from "./way.ts";

const UNITS = [
  [DAY, "day", "天"],
  [60, "hour", "小时"],
  [1, "minute", "分钟"],
] as const;

/** "3 days", "10 hours 30 minutes": a span as one would say it. */
export function spoken(minutes: number): Text {
  const said: Text = { en: "", "zh-CN": "" };
  let left = minutes;
  for (const [size, en, zh] of UNITS) {
    const number = Math.floor(left / size);
    left %= size;
    if (number === 0) continue;
    said.en += `${said.en && " "}${number} ${en}${number === 1 ? "" : "s"}`;
    said["zh-CN"] += `${said["zh-CN"] && " "}${number} ${zh}`;
  }
  return said.en ? said : { en: "no time", "zh-CN": "0 分钟" };
}

/** minute of the day -> "09:00" */
export function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}
