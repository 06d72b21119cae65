import { z } from "zod";
import { nearest } from "../../fault.ts";
import { isZero, parseDuration } from "../duration.ts";
import type { Duration, Text } from "../program.ts";

/** What is wrong with one value; definition/faults.ts turns it into a Fault with file and pointer. */
export interface Complaint {
  message: Text;
  hint?: Text | undefined;
}

interface Context {
  issues: z.core.$ZodRawIssue[];
}

/** Reports a complaint from inside a schema; the rest of the document is still read. `path` is relative to the value. */
export function complain(context: Context, input: unknown, complaint: Complaint, path: (string | number)[] = []): void {
  context.issues.push({ code: "custom", input, path, params: { complaint }, continue: true });
}

/** What somebody wrote -> what the program holds. */
export type Reader<T> = z.ZodType<T>;

const ID = /^[a-z][a-z0-9-]{0,47}$/;
export const id = z
  .string()
  .meta({ pattern: ID.source, description: "lower-case letters, digits and hyphens, unique among its kind" })
  .check((context) => {
    if (ID.test(context.value)) return;
    complain(context, context.value, {
      message: {
        en: `"${context.value}" is no id: lower-case letters, digits and hyphens, a letter first, at most 48`,
        "zh-CN": `"${context.value}" 不能作为 id：须以小写字母开头，仅含小写字母、数字和连字符，最多 48 个字符`,
      },
    });
  });

export const text = z
  .strictObject({ en: z.string().min(1), "zh-CN": z.string().min(1) })
  .meta({ description: "the same text in both languages" });

const VALUE_NAME = /^[a-z][A-Za-z0-9_]{0,47}$/;
/** Names that rules and templates know values by: params.<name>, steps.<id>.<name>. */
export function checkValueNames(context: Context & { value: Record<string, unknown> }): void {
  for (const name of Object.keys(context.value)) {
    if (VALUE_NAME.test(name)) continue;
    const message = {
      en: `"${name}" is no name: letters, digits and _, a small letter first, at most 48`,
      "zh-CN": `"${name}" 不能作为名称：须以小写字母开头，仅含字母、数字和下划线，最多 48 个字符`,
    };
    complain(context, context.value, { message }, [name]);
  }
}

const EVENT = /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$/;
export const eventType = z
  .string()
  .meta({ pattern: EVENT.source, description: "type of an event: order.paid, check_in" })
  .check((context) => {
    if (EVENT.test(context.value)) return;
    complain(context, context.value, {
      message: { en: `"${context.value}" is no event type`, "zh-CN": `"${context.value}" 不是事件类型` },
      hint: {
        en: "lower-case words joined by dots: order.paid, check_in",
        "zh-CN": "小写英文，用点分隔：order.paid、check_in",
      },
    });
  });

const durationReader = z
  .string()
  .meta({
    description: "ISO 8601 duration in weeks, days, hours and minutes: P7D, PT48H, PT30M",
    examples: ["P7D", "PT48H"],
  })
  .transform((written, context): Duration => {
    const result = parseDuration(written);
    if ("duration" in result) return result.duration;
    complain(context, written, result);
    return z.NEVER;
  });
/** zero allowed */
export const duration: Reader<Duration> = durationReader;

/** longer than zero */
export const span: Reader<Duration> = durationReader.check((context) => {
  if (!isZero(context.value)) return;
  complain(context, context.value, { message: { en: "must be longer than zero", "zh-CN": "时长必须大于零" } });
});

export const timezone: Reader<string> = z
  .string()
  .meta({ description: "IANA time zone", examples: ["Asia/Shanghai"] })
  .check((context) => {
    if (isZone(context.value)) {
      if (context.value === "UTC" || context.value.includes("/")) return;
      const message = {
        en: `"${context.value}" means several zones, or one that changes its clocks otherwise than you think`,
        "zh-CN": `"${context.value}" 可指多个时区，或夏令时规则与预期不同`,
      };
      const hint = {
        en: "write region and city: Asia/Shanghai, America/Chicago; or UTC",
        "zh-CN": "请写“地区/城市”：Asia/Shanghai、America/Chicago；或 UTC",
      };
      complain(context, context.value, { message, hint });
      return;
    }
    complain(
      context,
      context.value,
      unknownName({ en: "time zone", "zh-CN": "时区" }, context.value, Intl.supportedValuesOf("timeZone")),
    );
  });

function isZone(name: string): boolean {
  try {
    // offsets such as "+08:00" are accepted by Intl, but have no daylight saving and no name to show
    return (
      /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== ""
    );
  } catch {
    return false;
  }
}

const CLOCK = /^([01]\d|2[0-3]):([0-5]\d)$/;
/** "09:00" -> minute of the local day */
export const clockTime: Reader<number> = z
  .string()
  .meta({ pattern: CLOCK.source, description: "local time of day, 24 hours", examples: ["09:00"] })
  .transform((written, context): number => {
    const parts = CLOCK.exec(written);
    if (parts) return Number(parts[1]) * 60 + Number(parts[2]);
    complain(context, written, {
      message: { en: `"${written}" is not a time of day`, "zh-CN": `"${written}" 不是时刻` },
      hint: { en: 'write it as "09:00"', "zh-CN": '请写成 "09:00"' },
    });
    return z.NEVER;
  });

/** A number of major units (30 or 19.99) -> minor units, exactly. */
export function money(digits: number): Reader<number> {
  return z
    .number()
    .min(0)
    .meta({ description: "in major units of the home's currency: 19.99" })
    .transform((amount, context): number => {
      const minor = Math.round(amount * 10 ** digits);
      if (Number.isSafeInteger(minor) && minor / 10 ** digits === amount) return minor;
      complain(context, amount, {
        message: {
          en: `${amount} has more than ${digits} decimals, or is too large`,
          "zh-CN": `${amount} 超过 ${digits} 位小数，或数值过大`,
        },
      });
      return z.NEVER;
    });
}

const MOST_COUNT = 1_000_000_000;
export const count = z.number().int().min(1).max(MOST_COUNT);

/** A name that must be known; `what` is a singular noun, `broken` are names whose own file has faults. */
export function reference(
  what: Text,
  known: readonly string[],
  description: string,
  broken: readonly string[] = [],
): Reader<string> {
  return z
    .string()
    .meta({ description })
    .check((context) => {
      if (known.includes(context.value)) return;
      if (broken.includes(context.value)) {
        complain(context, context.value, {
          message: {
            en: `${what.en} "${context.value}" has faults of its own`,
            "zh-CN": `${what["zh-CN"]} "${context.value}" 本身有错误`,
          },
          hint: { en: "mend its file first", "zh-CN": "请先修正它的文件" },
        });
        return;
      }
      complain(context, context.value, unknownName(what, context.value, known));
    });
}

export function unknownName(what: Text, name: string, known: readonly string[]): Complaint {
  return {
    message: { en: `unknown ${what.en} "${name}"`, "zh-CN": `未知的${what["zh-CN"]} "${name}"` },
    hint: nearest(name, known) ?? { en: `there is no ${what.en} yet`, "zh-CN": `目前还没有任何${what["zh-CN"]}` },
  };
}
