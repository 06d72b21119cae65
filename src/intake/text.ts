import { type Fault, error, pointer } from "../fault.ts";

const DEEPEST = 32;
// with the u flag a surrogate is only seen when its other half is missing
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** What Postgres cannot store, or a reader cannot survive: NUL, half of a character, numbers beyond a double, deep nesting. */
export function textFaults(value: unknown, at: string): Fault[] {
  return storable(value, 0) ? [] : find(value, at, 0);
}

function storable(value: unknown, depth: number): boolean {
  if (typeof value === "string") return !UNSTORABLE.test(value);
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  if (depth >= DEEPEST) return false;
  if (Array.isArray(value)) return value.every((inner) => storable(inner, depth + 1));
  for (const key in value) {
    if (UNSTORABLE.test(key) || !storable((value as Record<string, unknown>)[key], depth + 1)) return false;
  }
  return true;
}

/** The slow way, taken only to say where the fault is. */
function find(value: unknown, at: string, depth: number): Fault[] {
  if (storable(value, depth)) return [];
  if (typeof value === "number") return [error(at, { en: "is beyond what a number holds", "zh-CN": "数值超出范围" })];
  if (typeof value === "object" && value !== null) {
    if (depth >= DEEPEST)
      return [error(at, { en: `is nested deeper than ${DEEPEST}`, "zh-CN": `嵌套超过 ${DEEPEST} 层` })];
    const inner = Object.entries(value).flatMap(([key, part]) => find(part, at + pointer(key), depth + 1));
    if (inner.length > 0) return inner;
  }
  return [
    error(at, {
      en: "holds a NUL or half a character (lone surrogate)",
      "zh-CN": "含有 NUL 或不完整的字符（孤立代理项）",
    }),
  ];
}
