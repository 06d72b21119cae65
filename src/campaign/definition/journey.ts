import { pointer } from "../../fault.ts";

/** A step as it stands in the file, whatever else may be wrong with it. */
export interface RawStep {
  id: string | undefined;
  /** "send", "wait" …; the first key that is not `id` */
  kind: string | undefined;
  body: unknown;
  pointer: string;
  /** index of the root step it belongs to */
  root: number;
  depth: number;
  /** most times that one member comes by: the product of the `repeat`s around it */
  passes: number;
}

const LISTS = ["then", "else", "timeout", "failed", "steps"];
const FORKS = ["branches", "outcomes", "answers", "any"];

/** Every step of a journey, outermost first, read so tolerantly that one fault never hides another. */
export function* stepsOf(journey: unknown): Generator<RawStep> {
  yield* walk(journey, "/journey", -1, 0, 1);
}

function* walk(list: unknown, at: string, root: number, depth: number, passes: number): Generator<RawStep> {
  if (!Array.isArray(list) || depth > 100) return;
  for (const [index, item] of list.entries()) {
    const step = record(item);
    if (!step) continue;
    const here = at + pointer(index);
    const kind = Object.keys(step).find((key) => key !== "id");
    const body = kind === undefined ? undefined : step[kind];
    const top = root < 0 ? index : root;
    yield {
      id: typeof step.id === "string" ? step.id : undefined,
      kind,
      body,
      pointer: here,
      root: top,
      depth,
      passes,
    };
    const parts = record(body);
    if (!parts) continue;
    const inner = kind === "repeat" && typeof parts.times === "number" ? passes * Math.max(1, parts.times) : passes;
    for (const key of LISTS) yield* walk(parts[key], here + pointer(kind!, key), top, depth + 1, inner);
    for (const key of FORKS) {
      if (!Array.isArray(parts[key])) continue;
      for (const [branch, entry] of (parts[key] as unknown[]).entries()) {
        const below = here + pointer(kind!, key, branch);
        if (Array.isArray(entry)) yield* walk(entry, below, top, depth + 1, inner);
        else yield* walk(record(entry)?.then, below + pointer("then"), top, depth + 1, inner);
      }
    }
  }
}

export function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
