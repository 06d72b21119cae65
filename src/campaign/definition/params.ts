import { z } from "zod";
import { toMinor, isDay } from "../../rule/value.ts";
import { checkValueNames, complain, text } from "./leaf.ts";
import type { Names } from "./names.ts";
import type { Param, ParamType } from "../program.ts";

const TYPES = ["number", "money", "string", "boolean", "date"] as const satisfies readonly ParamType[];
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
      checkValueNames(context);
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
