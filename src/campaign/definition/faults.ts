import type { z } from "zod";
import { error, type Fault, nearest, pointer } from "../../fault.ts";
import type { Text } from "../program.ts";
import { record } from "./journey.ts";
import type { Complaint } from "./leaf.ts";
import { messageOf } from "./messages.ts";

type Issue = z.core.$ZodIssue;

/** Reads `input`; every fault at once, with pointers from the document's root. */
export function read<T>(schema: z.ZodType<T>, input: unknown): { value?: T; faults: Fault[] } {
  const result = schema.safeParse(input, { error: describe });
  if (result.success) return { value: result.data, faults: [] };
  return { faults: result.error.issues.flatMap((issue) => faultsOf(issue, [], { root: input })) };
}

interface Reading {
  root: unknown;
}

/** What the schema knows at the place of an issue; carried in the issue's message, since zod keeps only that. */
interface Known {
  keys: string[];
  options: string[][];
}

function describe(issue: z.core.$ZodRawIssue): string {
  const definition = issue.inst?._zod.def as { shape?: object; options?: z.core.$ZodType[] } | undefined;
  const known: Known = {
    keys: Object.keys(definition?.shape ?? {}),
    options: (definition?.options ?? []).map((option) =>
      Object.keys((option._zod.def as { shape?: object }).shape ?? {}),
    ),
  };
  return JSON.stringify(known);
}

function faultsOf(issue: Issue, above: PropertyKey[], reading: Reading): Fault[] {
  const path = [...above, ...issue.path];
  const at = pointer(...path.map(String));
  if (issue.code === "custom") {
    const complaint = issue.params?.complaint as Complaint | undefined;
    return [complaint ? error(at, complaint.message, complaint.hint) : error(at, messageOf(issue, undefined))];
  }
  if (issue.code === "invalid_key") return issue.issues.flatMap((inner) => faultsOf(inner, path, reading));
  if (issue.code === "unrecognized_keys") {
    const { keys } = JSON.parse(issue.message) as Known;
    return issue.keys.map((key) => unknownKey(at + pointer(key), key, keys));
  }
  const value = valueAt(reading.root, path);
  if (value === undefined) return [missing(at, path.at(-1))];
  if (issue.code === "invalid_union") return unionFaults(issue, path, value, reading);
  if (issue.code === "invalid_type" && issue.expected === "object") {
    const { keys } = JSON.parse(issue.message) as Known;
    return [error(at, messageOf(issue, value), keysOf(keys))];
  }
  const names = issue.code === "invalid_value" && typeof value === "string" ? issue.values.map(String) : [];
  const hint = names.length > 1 ? nearest(value as string, names) : undefined;
  return [error(at, messageOf(issue, value), hint)];
}

/** Of a union's options only the one that was meant says something useful: the one whose own key is there. */
function unionFaults(
  issue: Extract<Issue, { code: "invalid_union" }>,
  path: PropertyKey[],
  value: unknown,
  reading: Reading,
): Fault[] {
  const at = pointer(...path.map(String));
  const { options } = JSON.parse(issue.message) as Known;
  const own = record(value);
  if (options.every((keys) => keys.length === 0) || (!own && options.some((keys) => keys.length === 0))) {
    const apt = issue.errors.filter(
      (errors) => !errors.some((inner) => inner.path.length === 0 && inner.code === "invalid_type"),
    );
    if (apt[0]) return apt[0].flatMap((inner) => faultsOf(inner, path, reading));
    return [error(at, messageOf(issue, value))];
  }
  if (!own) {
    const message = messageOf({ code: "invalid_type", expected: "object", path: [], message: "" }, value);
    return [error(at, message, keysOf([...new Set(options.flat())]))];
  }

  const isStep = options.every((keys) => keys.includes("id"));
  const telling = options.map((keys) => keys.filter((key) => key !== "id"));
  const named = telling.flatMap((keys, index) => (keys.some((key) => Object.hasOwn(own, key)) ? [index] : []));
  const all = telling.flat();
  if (named.length > 1) {
    const several = all.filter((key) => Object.hasOwn(own, key));
    return [
      error(at, { en: `says several things: ${several.join(", ")}`, "zh-CN": `同时写了 ${several.join("、")}` }, ONE),
    ];
  }
  const meant = named[0] === undefined ? undefined : issue.errors[named[0]];
  if (meant) return meant.flatMap((inner) => faultsOf(inner, path, reading));
  const strangers = Object.keys(own).filter((key) => key !== "id");
  if (strangers.length === 0) return [error(at, isStep ? NO_KIND : NOTHING, list(all))];
  return strangers.map((key) => unknownKey(at + pointer(key), key, all, isStep));
}

const ONE: Text = { en: "one of them; put the other in an entry of its own", "zh-CN": "只能选一个，其余请另写一项" };
const NO_KIND: Text = { en: "the step does nothing", "zh-CN": "该步骤没有任何动作" };
const NOTHING: Text = { en: "is empty", "zh-CN": "没有内容" };

function unknownKey(at: string, key: string, known: string[], isStep = false): Fault {
  const message = isStep
    ? { en: `unknown step kind "${key}"`, "zh-CN": `未知的步骤类型 "${key}"` }
    : { en: `unknown key "${key}"`, "zh-CN": `未知的字段 "${key}"` };
  return error(at, message, nearest(key, known));
}

function list(names: string[]): Text {
  return { en: `known: ${names.join(", ")}`, "zh-CN": `可用：${names.join("、")}` };
}

/** What may stand in the object that is not there. */
function keysOf(keys: string[]): Text | undefined {
  return keys.length === 0 ? undefined : { en: `its keys: ${keys.join(", ")}`, "zh-CN": `字段：${keys.join("、")}` };
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
