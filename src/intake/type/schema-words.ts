import type { ErrorObject } from "ajv/dist/2020.js";
import type { Text } from "../../campaign/program.ts";

const TYPES: Record<string, string> = {
  string: "文本",
  number: "数字",
  integer: "整数",
  boolean: "true 或 false",
  object: "对象",
  array: "列表",
  null: "null",
};

/** What ajv tells of a keyword that does not hold. */
interface Params {
  type: string | string[];
  missingProperty: string;
  allowedValues: unknown[];
  allowedValue: unknown;
  limit: number;
  multipleOf: number;
  pattern: string;
  format: string;
}
type Words = (params: Params) => Text;

/** What a keyword asks for, in people's words; the value itself is never said, as it may be personal. */
const WORDS: Record<string, Words> = {
  type: ({ type }) => {
    const types = [type].flat();
    return {
      en: `must be ${types.join(" or ")}`,
      "zh-CN": `必须是${types.map((one) => TYPES[one] ?? one).join("或")}`,
    };
  },
  required: ({ missingProperty }) => ({ en: `"${missingProperty}" is missing`, "zh-CN": `缺少 "${missingProperty}"` }),
  enum: ({ allowedValues }) => {
    const list = allowedValues.map((value) => JSON.stringify(value));
    return { en: `must be one of ${list.join(", ")}`, "zh-CN": `必须是 ${list.join("、")} 之一` };
  },
  const: ({ allowedValue }) => {
    const value = JSON.stringify(allowedValue);
    return { en: `must be ${value}`, "zh-CN": `必须是 ${value}` };
  },
  minimum: ({ limit }) => ({ en: `must be at least ${limit}`, "zh-CN": `不得小于 ${limit}` }),
  maximum: ({ limit }) => ({ en: `must be at most ${limit}`, "zh-CN": `不得大于 ${limit}` }),
  exclusiveMinimum: ({ limit }) => ({ en: `must be more than ${limit}`, "zh-CN": `必须大于 ${limit}` }),
  exclusiveMaximum: ({ limit }) => ({ en: `must be less than ${limit}`, "zh-CN": `必须小于 ${limit}` }),
  multipleOf: ({ multipleOf }) => ({
    en: `must be a multiple of ${multipleOf}`,
    "zh-CN": `必须是 ${multipleOf} 的倍数`,
  }),
  minLength: ({ limit }) => ({ en: `must have at least ${limit} characters`, "zh-CN": `至少 ${limit} 个字符` }),
  maxLength: ({ limit }) => ({ en: `may have at most ${limit} characters`, "zh-CN": `最多 ${limit} 个字符` }),
  minItems: ({ limit }) => ({ en: `must have at least ${limit} entries`, "zh-CN": `至少 ${limit} 项` }),
  maxItems: ({ limit }) => ({ en: `may have at most ${limit} entries`, "zh-CN": `最多 ${limit} 项` }),
  pattern: ({ pattern }) => ({ en: `must match ${pattern}`, "zh-CN": `必须符合 ${pattern}` }),
  format: ({ format }) => ({ en: `is not a valid ${format}`, "zh-CN": `不是有效的 ${format}` }),
  uniqueItems: () => ({ en: "has the same entry twice", "zh-CN": "含有重复项" }),
  additionalProperties: () => ({ en: "is not known here", "zh-CN": "此处没有这个字段" }),
  unevaluatedProperties: () => ({ en: "is not known here", "zh-CN": "此处没有这个字段" }),
};

export function messageOf({ keyword, params }: ErrorObject): Text {
  const words = Object.hasOwn(WORDS, keyword) ? WORDS[keyword] : undefined;
  if (words) return words(params as Params);
  return { en: `does not fit the schema (${keyword})`, "zh-CN": `不符合模式（${keyword}）` };
}
