import type { TriggerDefinition } from "../definition/trigger.ts";
import type { Library } from "../library.ts";
import type { Trigger } from "../program.ts";

/** @param zone the campaign's */
export function compileTrigger(definition: TriggerDefinition, library: Library, zone: string): Trigger {
  if ("schedule" in definition) {
    const { cron, timezone, overlap, catchUp } = definition.schedule;
    return { kind: "schedule", cron, timezone: timezone ?? zone, overlap, catchUp };
  }
  if ("event" in definition) {
    const { type, where, settle, unless, enrolBy } = definition.event;
    return {
      kind: "event",
      event: type,
      unless: unless === undefined ? [] : [unless].flat(),
      ...(where !== undefined && { where }),
      ...(settle && { settle }),
      ...(enrolBy !== undefined && { enrolBy }),
    };
  }
  if ("segment" in definition) {
    const { id, on } = definition.segment;
    return { kind: "segment", segment: id, rule: library.segments[id]!.rule, on };
  }
  if ("date" in definition) {
    const { trait, month, day, lunar, offset, at, catchUp } = definition.date;
    const calendar = lunar ? "lunar" : "solar";
    const of = trait === undefined ? { month: month!, day: day! } : { trait };
    return { kind: "date", of, calendar, offset, at, ...(catchUp && { catchUp: catchUp.days }) };
  }
  return { kind: "manual" };
}
