import { z } from "zod";
import { toMinor, isDay } from "../../rule/value.ts";
import { complain, text } from "./leaf.ts";
import type { Names } from "./names.ts";
import type { Param, ParamType } from "../program.ts";

const TYPES = ["number", "money", "string", "boolean", "date"] as const satisfies readonly ParamType[];
const NAME = /^[a-z][A-Za-z0-9_]{0,47}$/;
const MOST_PARAMS = 50;

/** What a launch may set: `campaign run --set discount=15`. Amounts are written in major units and held in minor ones. */
export function paramsDefinition(names: Names) {
  const param = z
    .strictObject({
      type: z.enum(TYPES),
      default: z.union([z.number(), z.string(), z.boolean()]).meta({ description: "when the launch does not set it" }),
      label: text.optional(),
    })
    .transform((written, context): Param => {
      const value = valueOf(written.type, written.default, names.digits);
      if (value !== undefined) return { type: written.type, default: value };
      const shown = JSON.stringify(written.default);
      const message = { en: `${shown} is no ${written.type}`, "zh-CN": `${shown} 不是 ${written.type} 类型` };
      complain(context, written.default, { message, hint: written.type === "date" ? DATE : undefined }, ["default"]);
      return z.NEVER;
    });
  return z
    .record(z.string(), param)
    .check((context) => {
      for (const name of Object.keys(context.value)) {
        if (NAME.test(name)) continue;
        const message = {
          en: `"${name}" is no name: letters, digits and _, a small letter first, at most 48`,
          "zh-CN": `"${name}" 不能作为名称：须以小写字母开头，仅含字母、数字和下划线，最多 48 个字符`,
        };
        complain(context, context.value, { message }, [name]);
      }
      if (Object.keys(context.value).length <= MOST_PARAMS) return;
      const message = { en: `at most ${MOST_PARAMS} parameters`, "zh-CN": `最多 ${MOST_PARAMS} 个参数` };
      complain(context, context.value, { message });
    })
    .default({})
    .meta({ description: "values that a launch may set; rules and templates know them as params.<name>" });
}

const DATE = { en: 'write it as "2026-04-01"', "zh-CN": '请写成 "2026-04-01"' };

/** A written value as the program holds it; undefined when it is not of the type. */
export function valueOf(type: ParamType, written: unknown, digits: number): Param["default"] | undefined {
  switch (type) {
    case "number":
      return typeof written === "number" && Number.isFinite(written) ? written : undefined;
    case "money":
      return typeof written === "number" && written >= 0 ? toMinor(written, digits) : undefined;
    case "boolean":
      return typeof written === "boolean" ? written : undefined;
    case "string":
      return typeof written === "string" ? written : undefined;
    case "date":
      return typeof written === "string" && isDay(written) ? written : undefined;
  }
}
