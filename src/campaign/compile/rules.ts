import { z } from "zod";
import { withCampaign, withScope } from "../../rule/catalogue.ts";
import { parseRule } from "../../rule/parse.ts";
import type { Scope } from "../../rule/variables/scope.ts";
import { list, record, stepsOf } from "../definition/journey.ts";
import { complain } from "../definition/leaf.ts";
import type { RuleReader, RuleScope } from "../definition/names.ts";
import { eventScope } from "../events.ts";
import type { Library } from "../library.ts";
import type { Rule } from "../program.ts";
import { journeyScope } from "./scope.ts";

/**
 * Reads the rules of one campaign. What a rule may say of steps depends on the steps of the journey, and what it may
 * say of the event on the `event` beside it; both are looked up in the file as it stands (compile/scope.ts).
 * @param kept takes every rule that is read, by the object of the file
 */
export function ruleReader(
  definition: unknown,
  library: Pick<Library, "catalogue" | "events">,
  kept?: Map<unknown, Rule>,
): RuleReader {
  const id = record(definition)?.id;
  const catalogue = typeof id === "string" ? withCampaign(library.catalogue, id) : library.catalogue;
  const steps = journeyScope(definition, library);
  const beside = eventsByRule(definition);
  const event = (json: unknown) => eventScope(beside.get(json), library.events);
  const outside = Object.fromEntries(Object.entries(steps).filter(([name]) => !name.startsWith("steps.")));
  const scopes: Record<RuleScope, (json: unknown) => Scope> = {
    customer: () => ({}),
    steps: () => steps,
    event,
    "event and run": (json) => ({ ...event(json), ...outside }),
    "event and steps": (json) => ({ ...event(json), ...steps }),
  };
  return (scope, expect) =>
    z
      .unknown()
      .meta({ description: "JSON Logic; see docs/rules.md" })
      .transform((json, context): Rule => {
        const { rule, faults } = parseRule(json, {
          pointer: "",
          catalogue: withScope(catalogue, scopes[scope](json)),
          expect,
        });
        for (const fault of faults)
          if (fault.severity === "error") complain(context, json, fault, segments(fault.pointer));
        if (rule && typeof json === "object") kept?.set(json, rule);
        return rule ?? z.NEVER;
      });
}

function segments(path: string): string[] {
  return path
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The event that stands beside each `where`; zod hands rules on as the very objects of the file. */
function eventsByRule(definition: unknown): Map<unknown, unknown> {
  const found = new Map<unknown, unknown>();
  const root = record(definition);
  const places = [
    record(record(root?.goal)?.convert),
    ...[...stepsOf(root?.journey)].flatMap(({ body }) => [
      record(body),
      ...[...list(record(body)?.any), ...list(record(body)?.all)].map(record),
    ]),
  ];
  for (const place of places) if (place && typeof place.where === "object") found.set(place.where, place.event);
  const trigger = record(record(root?.trigger)?.event);
  if (trigger && typeof trigger.where === "object") found.set(trigger.where, trigger.type);
  return found;
}
