import { z } from "zod";
import { complain, type Reader } from "./leaf.ts";

const OFFSET = /^(-)?P(?:(\d{1,2})W|(\d{1,3})D)$/;
const FURTHEST = 180;

/** "-P3D" -> -3 */
export const dayOffset: Reader<number> = z
  .string()
  .meta({ pattern: OFFSET.source, description: "days from that day: -P3D is three days before", examples: ["-P3D"] })
  .transform((written, context): number => {
    const [, sign, weeks, days] = OFFSET.exec(written) ?? [];
    const number = Number(weeks ?? 0) * 7 + Number(days ?? 0);
    if ((weeks ?? days) !== undefined && number <= FURTHEST) return sign ? -number : number;
    complain(context, written, {
      message: {
        en: `"${written}" is not a number of days up to ${FURTHEST}`,
        "zh-CN": `"${written}" 不是 ${FURTHEST} 天以内的天数`,
      },
      hint: { en: "-P3D is three days before, P1D the day after", "zh-CN": "-P3D 是提前 3 天，P1D 是后一天" },
    });
    return z.NEVER;
  });
