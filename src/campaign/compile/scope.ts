import { withScope } from "../../rule/catalogue.ts";
import { parseRule } from "../../rule/parse.ts";
import type { DeclaredType } from "../../rule/variables/described.ts";
import type { Scope } from "../../rule/variables/scope.ts";
import { list, type RawStep, record, stepsOf } from "../definition/journey.ts";
import { type EventFields, eventScope, eventShape } from "../events.ts";
import type { Library } from "../library.ts";

type Known = Pick<Library, "catalogue" | "events">;

/**
 * What a journey may speak of besides the customer, read from the file as it stands: `run.*`, `params.*`, `trigger.*`,
 * and `steps.<id>.*` with what each step finds or sets.
 */
export function journeyScope(definition: unknown, library: Known): Scope {
  const root = record(definition) ?? {};
  return scopeWith(root, library, triggerScope(root.trigger, library.events, eventScope));
}

/** The same for templates, where lists and objects can be gone through. */
export function templateScope(definition: unknown, library: Known): Scope {
  const root = record(definition) ?? {};
  return scopeWith(root, library, triggerScope(root.trigger, library.events, eventShape));
}

function scopeWith(root: Record<string, unknown>, library: Known, trigger: Scope): Scope {
  const scope: Scope = {
    "run.id": "string",
    "run.day": "number",
    "run.phase": "string",
    ...paramScope(root.params),
    ...trigger,
  };
  for (const step of stepsOf(root.journey)) Object.assign(scope, stepScope(step, library, scope));
  return scope;
}

const PARAM_TYPES = ["number", "money", "string", "boolean", "date"] as const;

function paramScope(params: unknown): Scope {
  return Object.fromEntries(
    Object.entries(record(params) ?? {}).map(([name, param]) => {
      const type = PARAM_TYPES.find((known) => known === record(param)?.type);
      return [`params.${name}`, type ?? "any"];
    }),
  );
}

/** Event: its fields; date: the day that has come; segment: which one, entered or left. */
function triggerScope(trigger: unknown, events: EventFields, fields: typeof eventScope): Scope {
  const { event, date, segment } = record(trigger) ?? {};
  if (date !== undefined) return { "trigger.date": "date" };
  if (segment !== undefined) return { "trigger.segment": "string", "trigger.on": "string" };
  if (event === undefined) return {};
  const scope = fields(record(event)?.type ?? event, events);
  return Object.fromEntries(Object.entries(scope).map(([name, type]) => [name.replace(/^event\./, "trigger."), type]));
}

/** What one step leaves behind for later ones; `before` is known to its own rules. */
function stepScope({ id, kind, body }: RawStep, { catalogue }: Known, before: Scope): Scope {
  if (id === undefined) return {};
  const named = (found: Record<string, DeclaredType>) =>
    Object.fromEntries(Object.entries(found).map(([name, type]) => [`steps.${id}.${name}`, type]));
  switch (kind) {
    case "challenge":
      return named({ count: "number" });
    case "task":
      return named({ outcome: "string" });
    case "coupon":
      return named({ code: "string" });
    case "webhook":
      return named({ status: "number" });
    case "rsvp":
      return named({ answer: "string" });
    case "survey":
      return named(
        Object.fromEntries(
          list(record(body)?.questions).flatMap((item) => {
            const question = record(item);
            return typeof question?.id === "string"
              ? [[question.id, question.text === true ? "string" : "number"]]
              : [];
          }),
        ),
      );
    case "set": {
      const rules = Object.entries(record(record(body)?.values) ?? {});
      const within = withScope(catalogue, before);
      return named(Object.fromEntries(rules.map(([name, json]) => [name, typeOf(json, within)])));
    }
    default:
      return {};
  }
}

/** The type of a rule; a faulty one is open, so that its fault is told once. */
function typeOf(json: unknown, catalogue: Library["catalogue"]): DeclaredType {
  const type = parseRule(json, { pointer: "", catalogue, expect: "any" }).rule?.type;
  return type === undefined || type === "numbers" ? "any" : type;
}
