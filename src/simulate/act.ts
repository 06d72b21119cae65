import { optionName } from "../campaign/option-name.ts";
import { type Minute, type Program, RSVP_OUTCOMES, type WaitForStep } from "../campaign/program.ts";
import { nearest, refuse } from "../fault.ts";

/** What somebody outside did in a simulated journey. */
export interface Act {
  at: Minute;
  /** that waited for it */
  step: string;
  occurrence: number;
  by: "customer" | "rep";
  /** an event's type, a rating, an answer, an outcome */
  what: string;
}

/** What is done at a step that waits for somebody. */
export interface Deed {
  /** "never", an event's type or its id among several, a rating, an answer, a call's outcome */
  what: string;
  /** days later */
  after?: number;
}

export const NEVER = "never";

/** What may be done at a step; undefined: it waits for nobody. */
export function deedsAt(program: Program, id: string): string[] | undefined {
  const step = program.steps[id];
  switch (step?.kind) {
    case "waitFor":
      if (step.if !== undefined) return undefined;
      return step.any ? [...step.any.map((_, i) => optionName(step, i)), NEVER] : [doneAt(step), NEVER];
    case "survey":
      return [
        ...Array.from({ length: Math.max(...step.questions.map(({ rating }) => rating ?? 1)) }, (_, i) => `${i + 1}`),
        NEVER,
      ];
    case "rsvp":
      return [...RSVP_OUTCOMES, NEVER];
    case "task":
      return [...step.outcomes.map(({ id: outcome }) => outcome), NEVER];
    default:
      return undefined;
  }
}

/** What meets a wait for one event, or for all of several. */
export function doneAt(step: WaitForStep): string {
  return step.all ? step.all.map(({ event }) => event).join("+") : step.event;
}

/**
 * Reads deeds as they are typed: step to "what", or "what@days".
 * @throws InputError that names the nearest step or what may be done at it
 */
export function readDeeds(program: Program, written: Record<string, string>): Record<string, Deed> {
  const steps = Object.keys(program.steps).filter((id) => deedsAt(program, id));
  return Object.fromEntries(
    Object.entries(written).map(([step, text]) => {
      const known = deedsAt(program, step);
      if (!known) {
        const message = { en: `"${step}" is no step that waits for somebody`, "zh-CN": `"${step}" 不是等待他人的步骤` };
        const all = { en: `those are: ${steps.join(", ")}`, "zh-CN": `这样的步骤有：${steps.join("、")}` };
        throw refuse(step, message, nearest(step, steps) ?? (steps.length > 0 ? all : undefined));
      }
      const [, what = text, days] = /^(.*)@(\d{1,3})$/.exec(text) ?? [];
      if (!known.includes(what)) {
        throw refuse(
          step,
          { en: `nobody can do "${what}" there`, "zh-CN": `该步骤不能 "${what}"` },
          { en: `one of: ${known.join(", ")}`, "zh-CN": `可选：${known.join("、")}` },
        );
      }
      return [step, { what, ...(days !== undefined && { after: Number(days) }) }];
    }),
  );
}
