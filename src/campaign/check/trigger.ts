import { error, type Fault, nearest } from "../../fault.ts";
import { list, record } from "../definition/journey.ts";
import { eventScope } from "../events.ts";
import type { Library } from "../library.ts";
import type { Check } from "./check.ts";

/** What a trigger asks of the rest of the file: fields and traits that there are, no calendar of a launch. */
export const trigger: Check = (definition, library) => {
  const own = record(definition.trigger) ?? {};
  const event = record(own.event);
  const date = record(own.date);
  const joining = event ?? date ?? record(own.segment);
  if (!joining) return [];
  const faults = ["phases", "plan"].flatMap((key) => (list(definition[key]).length > 0 ? [noCalendar(`/${key}`)] : []));
  if (event && event.unless !== undefined && event.settle === undefined) faults.push(NO_SETTLE);
  if (event) faults.push(...enrolBy(event, eventScope(event.type, library.events)));
  if (date && typeof date.trait === "string") {
    const variable = library.catalogue.variable(`customer.traits.${date.trait}`);
    if (variable?.type !== "date") faults.push(noDate(date.trait, datesOf(library)));
  }
  return faults;
};

const NO_SETTLE = error(
  "/trigger/event/unless",
  {
    en: "calls off what settles, but nothing does: it enrols at once",
    "zh-CN": "用于取消等待中的加入，但这里立即加入",
  },
  { en: 'add "settle": "PT1H"', "zh-CN": '请加上 "settle": "PT1H"' },
);

function noCalendar(at: string): Fault {
  return error(
    at,
    {
      en: "phases and plan are counted from a launch, but here customers join at any time",
      "zh-CN": "阶段和计划从启动之日算起，而本活动的客户随时加入",
    },
    { en: "leave them out; use waits", "zh-CN": "请去掉，改用 wait 步骤" },
  );
}

function enrolBy(event: Record<string, unknown>, scope: Record<string, unknown>): Fault[] {
  if (typeof event.enrolBy !== "string" || !event.enrolBy.startsWith("trigger.") || "event.*" in scope) return [];
  const field = event.enrolBy.slice("trigger.".length);
  if (`event.${field}` in scope || Object.keys(scope).length === 0) return [];
  return [
    error(
      "/trigger/event/enrolBy",
      { en: `the event has no field "${field}"`, "zh-CN": `该事件没有字段 "${field}"` },
      nearest(
        event.enrolBy,
        Object.keys(scope).map((name) => name.replace("event.", "trigger.")),
      ),
    ),
  ];
}

const PREFIX = "customer.traits.";

function datesOf({ catalogue }: Library): string[] {
  return catalogue.described.flatMap(({ name, type }) =>
    type === "date" && name.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [],
  );
}

function noDate(trait: string, dates: string[]): Fault {
  return error(
    "/trigger/date/trait",
    {
      en: `"${trait}" is no date trait of rules/traits.json`,
      "zh-CN": `"${trait}" 不是 rules/traits.json 中的日期字段`,
    },
    nearest(trait.startsWith(PREFIX) ? trait.slice(PREFIX.length) : trait, dates),
  );
}
