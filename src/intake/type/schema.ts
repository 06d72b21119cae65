import { createRequire } from "node:module";
import type * as ajv2020 from "ajv/dist/2020.js";
import type { Ajv2020, ErrorObject, ValidateFunction } from "ajv/dist/2020.js";
import { error, type Fault, nearest, pointer } from "../../fault.ts";
import { messageOf } from "./schema-words.ts";

/** Faults of an event's data; pointers are into the data. */
export type DataCheck = (data: Record<string, unknown>) => Fault[];

/** A list of ten thousand wrong entries need not be told ten thousand times. */
const TOLD_MOST = 20;

/**
 * Compiles the JSON Schema (draft 2020-12) of a type's data. Nothing is fetched: a schema refers only to itself.
 * What data must be is all that it says: nothing is coerced, filled in or removed.
 */
export function compileSchema(schema: Record<string, unknown>): { check: DataCheck } | { faults: Fault[] } {
  const ajv = openAjv();
  if (!ajv.validateSchema(schema)) {
    const faults = telling(ajv.errors ?? []).map((one) => error(one.instancePath, messageOf(one)));
    // of the ways in which a keyword may be written the first is the usual one
    return { faults: [...new Map(faults.reverse().map((fault) => [fault.pointer, fault])).values()].reverse() };
  }
  try {
    return { check: checkOf(ajv.compile(schema)) };
  } catch (failure) {
    return { faults: [uncompiled(schema, (failure as Error).message, ajv)] };
  }
}

const require = createRequire(import.meta.url);

/** Loaded for the first schema: most installations have none. */
function openAjv(): Ajv2020 {
  const { Ajv2020: Ajv } = require("ajv/dist/2020.js") as typeof ajv2020;
  const addFormats = require("ajv-formats") as (to: Ajv2020) => void;
  const ajv = new Ajv({
    allErrors: true,
    // keywords and formats that nothing knows are faults; how a schema is laid out is its author's
    strictSchema: true,
    strictTypes: false,
    strictTuples: false,
    logger: false,
  });
  addFormats(ajv);
  return ajv;
}

function checkOf(validate: ValidateFunction): DataCheck {
  return (data) => {
    if (validate(data)) return [];
    const told = telling(validate.errors ?? []).slice(0, TOLD_MOST);
    return unique(told.map((one) => error(placeOf(one), messageOf(one))));
  };
}

const BRANCHING = new Set(["anyOf", "oneOf", "allOf", "if", "not"]);

/** Of a branch that does not fit, what is wrong inside says more than that it does not. */
function telling(errors: ErrorObject[]): ErrorObject[] {
  const inner = errors.filter((one) => !BRANCHING.has(one.keyword));
  return inner.length > 0 ? inner : errors;
}

/** What is missing or too much is pointed to itself, not the object around it. */
function placeOf({ instancePath, keyword, params }: ErrorObject): string {
  if (keyword === "required") return instancePath + pointer(String(params.missingProperty));
  if (keyword === "additionalProperties") return instancePath + pointer(String(params.additionalProperty));
  if (keyword === "unevaluatedProperties") return instancePath + pointer(String(params.unevaluatedProperty));
  return instancePath;
}

function uncompiled(schema: unknown, message: string, ajv: Ajv2020): Fault {
  const unknown = /unknown keyword: "(.*)"$/.exec(message)?.[1];
  if (unknown !== undefined) {
    const known = Object.keys(ajv.RULES.all);
    const text = { en: `unknown keyword "${unknown}"`, "zh-CN": `未知的关键字 "${unknown}"` };
    return error(
      find(schema, (key) => key === unknown),
      text,
      nearest(unknown, known),
    );
  }
  const format = /unknown format "(.*)" ignored/.exec(message)?.[1];
  if (format !== undefined) {
    const text = { en: `unknown format "${format}"`, "zh-CN": `未知的格式 "${format}"` };
    return error(
      find(schema, (key, value) => key === "format" && value === format),
      text,
      nearest(format, Object.keys(ajv.formats)),
    );
  }
  const reference = /can't resolve reference (\S+)/.exec(message)?.[1];
  if (reference !== undefined) {
    const text = { en: `${reference} is not in this schema`, "zh-CN": `此模式中没有 ${reference}` };
    const hint = { en: "put it under $defs; nothing is fetched", "zh-CN": "请写在 $defs 下；不会联网获取" };
    return error(
      find(schema, (key, value) => key === "$ref" && value === reference),
      text,
      hint,
    );
  }
  const said = message.replace(/^strict mode: /, "").replace(/ \(strict\w+\)$/, "");
  return error("", { en: `the schema cannot be used: ${said}`, "zh-CN": `模式无法使用：${said}` });
}

/** Pointer of the first entry that fits; "" when there is none. */
function find(json: unknown, fits: (key: string, value: unknown) => boolean): string {
  if (typeof json !== "object" || json === null) return "";
  for (const [key, value] of Object.entries(json)) {
    if (fits(key, value)) return pointer(key);
    const inner = find(value, fits);
    if (inner !== "") return pointer(key) + inner;
  }
  return "";
}

/** Several branches of a schema may say the same of one place. */
function unique(faults: Fault[]): Fault[] {
  return [...new Map(faults.map((fault) => [`${fault.pointer} ${fault.message.en}`, fault])).values()];
}
