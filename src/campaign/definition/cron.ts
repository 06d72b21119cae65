import { z } from "zod";
import { complain, type Reader } from "./leaf.ts";

const FIELDS = [
  { name: { en: "minute", "zh-CN": "分" }, from: 0, to: 59 },
  { name: { en: "hour", "zh-CN": "时" }, from: 0, to: 23 },
  { name: { en: "day of month", "zh-CN": "日" }, from: 1, to: 31 },
  { name: { en: "month", "zh-CN": "月" }, from: 1, to: 12 },
  { name: { en: "day of week", "zh-CN": "星期" }, from: 0, to: 7 },
];

/** Five fields of numbers, ranges, lists and steps; checked here, so that no schedule fails when the run is due. */
export const cron: Reader<string> = z
  .string()
  .meta({
    description: "minute, hour, day of month, month, day of week",
    examples: ["0 10 1 4 *"],
  })
  .check((context) => {
    const fields = context.value.trim().split(/\s+/);
    if (fields.length !== FIELDS.length) {
      complain(context, context.value, {
        message: { en: `"${context.value}" must have five fields`, "zh-CN": `"${context.value}" 须有五个字段` },
        hint: { en: 'for example "0 10 1 4 *": 1 April, 10:00', "zh-CN": '例如 "0 10 1 4 *"：4 月 1 日 10:00' },
      });
      return;
    }
    for (const [index, { name, from, to }] of FIELDS.entries()) {
      if (fields[index]!.split(",").every((part) => isCronPart(part, from, to))) continue;
      complain(context, context.value, {
        message: {
          en: `${name.en} "${fields[index]}" must be numbers from ${from} to ${to}, ranges, or *`,
          "zh-CN": `${name["zh-CN"]} "${fields[index]}" 须为 ${from} 到 ${to} 的数字、区间或 *`,
        },
      });
      return;
    }
    if (comes(fields)) return;
    complain(context, context.value, {
      message: {
        en: `"${context.value}" never comes: there is no such day`,
        "zh-CN": `"${context.value}" 永远不会到来：没有这一天`,
      },
    });
  });

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Some month has some of its days. */
function comes([, , days, months]: string[]): boolean {
  const first = Math.min(...days!.split(",").map((part) => (part.startsWith("*") ? 1 : Number(/^\d+/.exec(part)![0]))));
  const has = (part: string) => {
    const [, from = "1", to, step] = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part)!;
    const last = Number(to ?? (part.startsWith("*") || step !== undefined ? 12 : from));
    for (let month = Number(from); month <= last; month += Number(step ?? 1))
      if (DAYS[month - 1]! >= first) return true;
    return false;
  };
  return months!.split(",").some(has);
}

function isCronPart(part: string, from: number, to: number): boolean {
  const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
  if (!match) return false;
  const [first, last, step] = match.slice(1).map((number) => (number === undefined ? undefined : Number(number)));
  if (step === 0) return false;
  if (first === undefined) return true;
  return first >= from && (last ?? first) <= to && first <= (last ?? first);
}
