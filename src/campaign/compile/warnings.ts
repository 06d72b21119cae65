import { type Fault, nearest, pointer, warning } from "../../fault.ts";
import { list, record, stepsOf } from "../definition/journey.ts";
import type { Library } from "../library.ts";

/** What is allowed but probably not meant. */
export function warnings(definition: Record<string, unknown>, library: Library): Fault[] {
  const goal = record(definition.goal);
  const trigger = record(record(definition.trigger)?.event);
  const events: [unknown, string][] = [
    [trigger?.type, "/trigger/event/type"],
    [record(goal?.participation)?.event, "/goal/participation/event"],
    [record(goal?.convert)?.event, "/goal/convert/event"],
    ...[...stepsOf(definition.journey)].flatMap(({ kind = "", body, pointer: at }): [unknown, string][] => [
      [record(body)?.event, at + pointer(kind, "event")],
      ...["any", "all"].flatMap((key) =>
        list(record(body)?.[key]).map((each, i): [unknown, string] => [
          record(each)?.event,
          at + pointer(kind, key, i, "event"),
        ]),
      ),
    ]),
  ];
  const known = library.catalogue.events;
  return events.flatMap(([event, at]) => {
    if (typeof event !== "string" || known.includes(event)) return [];
    const message = {
      en: `event "${event}" is not one that Rekindle knows: nothing happens unless your systems send it, and no rule on its fields is checked unless rules/events declares it`,
      "zh-CN": `"${event}" 不是内置事件：只有您的系统发送它时才会生效；在 rules/events 中声明后才会检查针对其字段的规则`,
    };
    return [warning(at, message, nearest(event, known))];
  });
}
