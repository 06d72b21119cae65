import type { z } from "zod";
import type { Text } from "../program.ts";

/** What is wrong with a value's own shape, in words that do not need a programmer. */
export function messageOf(issue: z.core.$ZodIssue, value: unknown): Text {
  switch (issue.code) {
    case "invalid_type":
      return mustBe(EXPECTED[issue.expected] ?? { en: issue.expected, "zh-CN": issue.expected }, value);
    case "too_small":
      return bounded(issue.origin, "least", issue.minimum, issue.inclusive ?? true);
    case "too_big":
      return bounded(issue.origin, "most", issue.maximum, issue.inclusive ?? true);
    case "invalid_value": {
      const list = issue.values.map((each) => JSON.stringify(each));
      return { en: `must be ${list.join(" or ")}`, "zh-CN": `须为 ${list.join(" 或 ")}` };
    }
    case "invalid_format":
      return {
        en: `must look like ${issue.pattern ?? issue.format}`,
        "zh-CN": `格式须为 ${issue.pattern ?? issue.format}`,
      };
    case "invalid_union":
      return mustBe({ en: "of another kind", "zh-CN": "其他类型" }, value);
    default:
      return { en: "is not valid here", "zh-CN": "此处无效" };
  }
}

const EXPECTED: Record<string, Text> = {
  string: { en: "text", "zh-CN": "文本" },
  number: { en: "a number", "zh-CN": "数字" },
  int: { en: "a whole number", "zh-CN": "整数" },
  boolean: { en: "true or false", "zh-CN": "true 或 false" },
  array: { en: "a list [ … ]", "zh-CN": "列表 [ … ]" },
  tuple: { en: "a list [ … ]", "zh-CN": "列表 [ … ]" },
  object: { en: "an object { … }", "zh-CN": "对象 { … }" },
  record: { en: "an object { … }", "zh-CN": "对象 { … }" },
};

function mustBe(what: Text, value: unknown): Text {
  const found = typeof value === "object" ? kindOf(value) : quoted(value);
  return { en: `must be ${what.en}, not ${found.en}`, "zh-CN": `须为${what["zh-CN"]}，而不是 ${found["zh-CN"]}` };
}

const SHOWN = 40;

function quoted(value: unknown): Text {
  const whole = JSON.stringify(value);
  const shown = whole.length > SHOWN ? `${whole.slice(0, SHOWN)}…` : whole;
  return { en: shown, "zh-CN": shown };
}

function kindOf(value: object | null): Text {
  if (value === null) return { en: "null", "zh-CN": "null" };
  return Array.isArray(value) ? EXPECTED.array! : EXPECTED.object!;
}

const EMPTY: Text = { en: "is empty: at least one is needed", "zh-CN": "为空：至少需要一项" };
const BLANK: Text = { en: "is empty", "zh-CN": "为空" };

function bounded(origin: string, side: "least" | "most", bound: number | bigint, inclusive: boolean): Text {
  const least = side === "least";
  if (origin === "array") {
    if (least && Number(bound) === 1) return EMPTY;
    return least
      ? { en: `needs at least ${bound} entries`, "zh-CN": `至少需要 ${bound} 项` }
      : { en: `has more than ${bound} entries`, "zh-CN": `超过 ${bound} 项` };
  }
  if (origin === "string") {
    if (least && Number(bound) === 1) return BLANK;
    return least
      ? { en: `needs at least ${bound} characters`, "zh-CN": `至少需要 ${bound} 个字符` }
      : { en: `has more than ${bound} characters`, "zh-CN": `超过 ${bound} 个字符` };
  }
  if (least) {
    return inclusive
      ? { en: `must be at least ${bound}`, "zh-CN": `不得小于 ${bound}` }
      : { en: `must be more than ${bound}`, "zh-CN": `必须大于 ${bound}` };
  }
  return inclusive
    ? { en: `must be at most ${bound}`, "zh-CN": `不得大于 ${bound}` }
    : { en: `must be less than ${bound}`, "zh-CN": `必须小于 ${bound}` };
}
