import { type Fault, error, pointer } from "../fault.ts";

const DEEPEST = 32;
// with the u flag a surrogate is only seen when its other half is missing
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** Whether a text is one that Postgres can store. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

// as CloudEvents has it; a terminal would take some of them for commands
const CONTROL = /\p{Cc}/u;

/** Names are one line of printable characters. */
export function nameFaults(name: string, at: string): Fault[] {
  const faults = textFaults(name, at);
  if (faults.length > 0 || !CONTROL.test(name)) return faults;
  return [error(at, { en: "holds a line break or another control character", "zh-CN": "含有换行或其他控制字符" })];
}

/** What Postgres cannot store, or a reader cannot survive: NUL, half of a character, numbers beyond a double, deep nesting. */
export function textFaults(value: unknown, at: string, deepest = DEEPEST): Fault[] {
  return storable(value, deepest) ? [] : find(value, at, deepest);
}

/** `left`: how many levels more there may be. */
function storable(value: unknown, left: number): boolean {
  if (typeof value === "string") return !UNSTORABLE.test(value);
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  if (left <= 0) return false;
  if (Array.isArray(value)) return value.every((inner) => storable(inner, left - 1));
  for (const key in value) {
    if (UNSTORABLE.test(key) || !storable((value as Record<string, unknown>)[key], left - 1)) return false;
  }
  return true;
}

/** The slow way, taken only to say where the fault is. */
function find(value: unknown, at: string, left: number): Fault[] {
  if (storable(value, left)) return [];
  if (typeof value === "number") return [error(at, { en: "is beyond what a number holds", "zh-CN": "数值超出范围" })];
  if (typeof value === "object" && value !== null) {
    if (left <= 0) return [error(at, { en: "is nested too deep", "zh-CN": "嵌套过深" })];
    const inner = Object.entries(value).flatMap(([key, part]) => find(part, at + pointer(key), left - 1));
    if (inner.length > 0) return inner;
  }
  return [
    error(at, {
      en: "holds a NUL or half a character (lone surrogate)",
      "zh-CN": "含有 NUL 或不完整的字符（孤立代理项）",
    }),
  ];
}
