import { nearest, refuse } from "../fault.ts";
import { valueOf } from "./definition/params.ts";
import { unknownName } from "./definition/leaf.ts";
import type { Param, Text } from "./program.ts";

export type ParamValues = Record<string, Param["default"]>;

/**
 * The parameters of a run: what the launch sets, else what the campaign says.
 * @param set as typed on a command line, name to text
 * @param digits decimal places of the currency
 * @throws InputError at the first that is unknown or not of its type
 */
export function paramValues(params: Record<string, Param>, set: Record<string, string>, digits: number): ParamValues {
  const values = Object.fromEntries(Object.entries(params).map(([name, param]) => [name, param.default]));
  for (const [name, text] of Object.entries(set)) {
    const param = Object.hasOwn(params, name) ? params[name] : undefined;
    if (!param) {
      const { message, hint } = unknownName({ en: "parameter", "zh-CN": "参数" }, name, Object.keys(params));
      throw refuse(`params/${name}`, message, hint ?? nearest(name, Object.keys(params)));
    }
    const value = valueOf(param.type, readText(param, text), digits);
    if (value === undefined) throw refuse(`params/${name}`, notA(param.type, text));
    values[name] = value;
  }
  return values;
}

function readText({ type }: Param, text: string): unknown {
  if (type === "number" || type === "money") return text.trim() === "" ? undefined : Number(text);
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : undefined;
  return text;
}

const EXPECTED: Record<Param["type"], Text> = {
  number: { en: "a number", "zh-CN": "数字" },
  money: { en: "an amount such as 19.9", "zh-CN": "金额，例如 19.9" },
  boolean: { en: "true or false", "zh-CN": "true 或 false" },
  date: { en: "a day such as 2026-04-01", "zh-CN": "日期，例如 2026-04-01" },
  string: { en: "a text", "zh-CN": "文本" },
};

function notA(type: Param["type"], text: string): Text {
  const shown = JSON.stringify(text);
  return { en: `${shown} is not ${EXPECTED[type].en}`, "zh-CN": `${shown} 须为${EXPECTED[type]["zh-CN"]}` };
}
