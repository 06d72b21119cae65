import { pointer } from "../../fault.ts";
import { parseDuration } from "../duration.ts";
import { list, record } from "../definition/journey.ts";

/** One step of a journey and what is sure about it before anybody has walked there. */
export interface Passed {
  id: string;
  kind: string;
  body: Record<string, unknown>;
  pointer: string;
  /** least minutes from entering until it is reached; Infinity: never reached */
  earliest: number;
  /** steps that lie behind everybody here */
  sure: ReadonlySet<string>;
  /** steps that may lie behind, and those that run beside */
  behind: ReadonlySet<string>;
  /** the step right before it in its own list */
  before?: { kind: string; body: Record<string, unknown> };
  /** right behind a step that nobody gets past */
  cut: boolean;
}

export interface Way {
  steps: Passed[];
  /** minutes from launch at which each phase may begin at the earliest */
  phases: ReadonlyMap<string, { from: number; to: number }>;
}

export const DAY = 1440;
const NESTED = ["then", "else", "timeout", "steps", "failed"];
const FORKS = ["branches", "outcomes", "answers", "any", "all"];

/** Walks a journey that is without faults, with the least time that each step can take. */
export function wayOf(definition: Record<string, unknown>): Way {
  const phases = phasesOf(definition.phases);
  const steps: Passed[] = [];
  walk(definition.journey, "/journey", 0, { sure: new Set(), behind: new Set() });
  return { steps, phases };

  function walk(journey: unknown, at: string, start: number, known: Known): number {
    let earliest = start;
    let { sure, behind } = known;
    let before: Passed["before"];
    let open = true;
    for (const [index, item] of list(journey).entries()) {
      const step = record(item) ?? {};
      const id = String(step.id);
      const kind = Object.keys(step).find((key) => key !== "id") ?? "";
      const body = record(step[kind]) ?? {};
      const here = at + pointer(index);
      const cut = earliest === Infinity && open && start !== Infinity;
      if (cut) open = false;
      steps.push({ id, kind, body, pointer: here, earliest, sure, behind, cut, ...(before && { before }) });
      sure = new Set([...sure, id]);
      earliest = after({ kind, body, at: here, earliest, sure, behind: new Set([...behind, id]) });
      behind = new Set([...behind, id, ...idsIn(body)]);
      before = { kind, body };
    }
    return earliest;
  }

  function after(step: Standing): number {
    const { kind, body, at, earliest, sure, behind } = step;
    const ways = waysOf(kind, body, at);
    const beside = kind === "parallel" || kind === "repeat" ? new Set([...behind, ...idsIn(body)]) : behind;
    const ends = ways.map(({ steps: inner, pointer: place, later }) =>
      walk(inner, place, earliest + later, { sure, behind: beside }),
    );
    switch (kind) {
      case "exit":
        return Infinity;
      case "wait":
        return earliest + waited(body, earliest, phases);
      case "waitFor": {
        const within = minutes(body.within);
        return Math.min(
          ...ends,
          ...(passes(body, ["then"]) ? [earliest] : []),
          ...(body.timeout ? [] : [earliest + within]),
        );
      }
      case "branch":
        return Math.min(...ends, ...(body.else === undefined ? [earliest] : []));
      case "split":
        return Math.min(...ends, ...(list(body.branches).every((way) => record(way)?.then) ? [] : [earliest]));
      case "parallel":
        return Math.max(...ends);
      case "repeat": {
        if (body.until !== undefined) return earliest;
        const times = Number(body.times);
        return earliest + ((ends[0] ?? earliest) - earliest) * times + minutes(body.every) * (times - 1);
      }
      case "challenge":
        // who arrives in time begins on the same day, and it ends at midnight
        return earliest + (Number(body.days) - 1) * DAY;
      case "task":
        return Math.min(
          ...ends,
          earliest + (list(body.outcomes).every((way) => record(way)?.then) ? minutes(body.due) : 0),
        );
      default:
        // a survey or an invitation may stay unanswered, a call to another system may fail
        return earliest;
    }
  }
}

interface Known {
  sure: ReadonlySet<string>;
  behind: ReadonlySet<string>;
}

interface Standing extends Known {
  kind: string;
  body: Record<string, unknown>;
  at: string;
  earliest: number;
}

/** Every list of steps inside a step; `later`: what has passed before it begins. */
function waysOf(kind: string, body: Record<string, unknown>, at: string) {
  const ways: { steps: unknown; pointer: string; later: number }[] = [];
  for (const key of NESTED) {
    const later = key === "timeout" ? minutes(body.within) : 0;
    if (Array.isArray(body[key])) ways.push({ steps: body[key], pointer: at + pointer(kind, key), later });
  }
  for (const key of FORKS) {
    for (const [index, entry] of list(body[key]).entries()) {
      const place = at + pointer(kind, key, index);
      if (Array.isArray(entry)) ways.push({ steps: entry, pointer: place, later: 0 });
      else if (record(entry)?.then !== undefined)
        ways.push({ steps: record(entry)!.then, pointer: place + pointer("then"), later: 0 });
    }
  }
  return ways;
}

/** Ids of all steps inside. */
function idsIn(body: unknown): string[] {
  if (Array.isArray(body)) return body.flatMap(idsIn);
  const parts = record(body);
  if (!parts) return [];
  return [...(typeof parts.id === "string" ? [parts.id] : []), ...Object.values(parts).flatMap(idsIn)];
}

/** Whether what is waited for may happen without one of these keys leading elsewhere. */
function passes(body: Record<string, unknown>, keys: string[]): boolean {
  return keys.every((key) => body[key] === undefined);
}

function waited(body: Record<string, unknown>, earliest: number, phases: Way["phases"]): number {
  if (body.for !== undefined) return minutes(body.for);
  const phase = phases.get(String(record(body.until)?.phase));
  return phase ? Math.max(0, phase.from - earliest) : 0;
}

/** The day of launch counts as the first, so a phase may begin up to a day sooner than its days say. */
function phasesOf(written: unknown): Way["phases"] {
  const found = new Map<string, { from: number; to: number }>();
  let days = 0;
  for (const item of list(written)) {
    const phase = record(item) ?? {};
    const from = Math.max(0, (days - 1) * DAY);
    days += Number(phase.days);
    found.set(String(phase.id), { from, to: days * DAY });
  }
  return found;
}

/** An ISO duration of the file in minutes; 0 for what is left out. */
export function minutes(written: unknown): number {
  if (typeof written !== "string") return 0;
  const found = parseDuration(written);
  return "duration" in found ? found.duration.days * DAY + found.duration.minutes : 0;
}
