import { z } from "zod";
import { error, type Fault, nearest, pointer } from "../../fault.ts";
import type { Text } from "../program.ts";
import { record } from "./journey.ts";
import type { Complaint } from "./leaf.ts";

type Issue = z.core.$ZodIssue;
/** Words of the language that this version does not build yet: by the key they stand under, steps under "step". */
export type Later = Record<string, readonly string[]>;

/** Reads `input`; every fault at once, with pointers from the document's root. */
export function read<T>(schema: z.ZodType<T>, input: unknown, later: Later = {}): { value?: T; faults: Fault[] } {
  const result = schema.safeParse(input, { error: describe });
  if (result.success) return { value: result.data, faults: [] };
  return { faults: result.error.issues.flatMap((issue) => faultsOf(issue, [], input, later)) };
}

/** What the schema knows at the place of an issue; carried in the issue's message, since zod keeps only that. */
interface Known {
  keys: string[];
  options: string[][];
  en: string;
  zh: string;
}

const english = z.locales.en().localeError;
const chinese = z.locales.zhCN().localeError;

function describe(issue: z.core.$ZodRawIssue): string {
  const definition = issue.inst?._zod.def as { shape?: object; options?: z.core.$ZodType[] } | undefined;
  const known: Known = {
    keys: Object.keys(definition?.shape ?? {}),
    options: (definition?.options ?? []).map((option) => Object.keys(shapeOf(option))),
    en: messageOf(english(issue)),
    zh: messageOf(chinese(issue)),
  };
  return JSON.stringify(known);
}

function shapeOf(schema: z.core.$ZodType): object {
  const definition = schema._zod.def as { shape?: object };
  return definition.shape ?? {};
}

function messageOf(message: string | { message: string } | null | undefined): string {
  return typeof message === "string" ? message : (message?.message ?? "");
}

function faultsOf(issue: Issue, above: PropertyKey[], root: unknown, later: Later): Fault[] {
  const path = [...above, ...issue.path];
  const at = pointer(...path.map(String));
  if (issue.code === "custom") {
    const complaint = issue.params?.complaint as Complaint;
    return [error(at, complaint.message, complaint.hint)];
  }
  const known = JSON.parse(issue.message) as Known;
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(at + pointer(key), key, known.keys, []));
    case "invalid_union":
      return unionFaults(issue, path, known, root, later);
    case "invalid_type":
      if (valueAt(root, path) === undefined) return [missing(at, path.at(-1))];
      return [error(at, { en: lower(known.en), "zh-CN": known.zh })];
    case "too_small":
      if (issue.origin === "array" && issue.minimum === 1) return [error(at, EMPTY)];
      return [error(at, { en: lower(known.en), "zh-CN": known.zh })];
    case "invalid_value": {
      const value = valueAt(root, path);
      if (value === undefined) return [missing(at, path.at(-1))];
      const names = issue.values.map(String);
      const hint = typeof value === "string" ? nearest(value, names) : undefined;
      return [error(at, { en: lower(known.en), "zh-CN": known.zh }, hint)];
    }
    default:
      return [error(at, { en: lower(known.en), "zh-CN": known.zh })];
  }
}

const EMPTY: Text = { en: "is empty: at least one is needed", "zh-CN": "为空：至少需要一项" };

/** Of a union's options only the one that was meant says something useful: the one whose own key is there. */
function unionFaults(
  issue: Extract<Issue, { code: "invalid_union" }>,
  path: PropertyKey[],
  known: Known,
  root: unknown,
  later: Later,
): Fault[] {
  const at = pointer(...path.map(String));
  const value = valueAt(root, path);
  if (value === undefined) return [missing(at, path.at(-1))];
  const own = record(value);
  const steps = known.options.every((keys) => keys.includes("id"));
  const telling = (keys: string[]) => keys.filter((key) => key !== "id");
  if (own && known.options.some((keys) => keys.length > 0)) {
    const named = known.options.map((keys) => telling(keys).some((key) => Object.hasOwn(own, key)));
    const chosen = named.indexOf(true);
    if (chosen >= 0) return issue.errors[chosen]!.flatMap((inner) => faultsOf(inner, path, root, later));
    const all = known.options.flatMap(telling);
    const strangers = Object.keys(own).filter((key) => key !== "id");
    if (strangers.length === 0) return [error(at, noKind(steps), list(all))];
    const notYet = later[steps ? "step" : String(path.at(-1))] ?? [];
    return strangers.map((key) => unknownKey(at + pointer(key), key, all, notYet, steps));
  }
  const fitting = issue.errors.filter((errors) => !errors.some((inner) => inner.path.length === 0 && inner.code === "invalid_type"));
  if (fitting[0]) return fitting[0].flatMap((inner) => faultsOf(inner, path, root, later));
  return [error(at, { en: lower(known.en), "zh-CN": known.zh })];
}

function noKind(steps: boolean): Text {
  return steps ? { en: "the step does nothing", "zh-CN": "该步骤没有任何动作" } : { en: "says nothing", "zh-CN": "没有内容" };
}

function list(names: string[]): Text {
  return { en: `known: ${names.join(", ")}`, "zh-CN": `可用：${names.join("、")}` };
}

function unknownKey(at: string, key: string, known: string[], later: readonly string[], step = false): Fault {
  if (later.includes(key)) {
    return error(at, { en: `"${key}" is not supported yet`, "zh-CN": `暂不支持 "${key}"` }, list(known));
  }
  const message = step
    ? { en: `unknown step kind "${key}"`, "zh-CN": `未知的步骤类型 "${key}"` }
    : { en: `unknown key "${key}"`, "zh-CN": `未知的字段 "${key}"` };
  return error(at, message, nearest(key, known));
}

function missing(at: string, key: PropertyKey | undefined): Fault {
  return error(at, { en: `"${String(key)}" is missing`, "zh-CN": `缺少 "${String(key)}"` });
}

function valueAt(root: unknown, path: PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

function lower(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
