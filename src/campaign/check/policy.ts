import { error, pointer } from "../../fault.ts";
import { read } from "../definition/faults.ts";
import { stepsOf, record } from "../definition/journey.ts";
import { contactDefinition, contactOf } from "../definition/library/policy.ts";
import { loosenings } from "../tighten.ts";
import type { Check } from "./check.ts";

/** A campaign may be stricter than the home, never laxer: customers are the home's. */
export const policy: Check = (definition, library) => {
  const faults = promotionsWithin(definition);
  const { value, faults: own } = read(contactDefinition, definition.policy ?? {});
  if (!value || own.length > 0) return faults;
  const found = loosenings(library.policy, contactOf(value));
  return [...faults, ...found.map(({ path, message }) => error(`/policy${pointer(...path)}`, message))];
};

/** What keeps all campaigns together from writing too often holds for every promotion. */
function promotionsWithin(definition: Record<string, unknown>) {
  return [...stepsOf(definition.journey)].flatMap(({ kind, body, pointer: at }) => {
    const send = record(body);
    if (kind !== "send" || (send?.kind ?? "promotion") !== "promotion") return [];
    const keys = [
      ...(send?.ignoresCaps === true ? ["ignoresCaps"] : []),
      ...(send?.countsTowardsCaps === false ? ["countsTowardsCaps"] : []),
    ];
    return keys.map((key) =>
      error(
        `${at}${pointer("send", key)}`,
        { en: "a promotion keeps to the caps, and counts for them", "zh-CN": "营销消息须遵守触达上限并计入上限" },
        {
          en: 'only "kind": "service" or "transactional" may differ',
          "zh-CN": '只有 "kind": "service" 或 "transactional" 可以例外',
        },
      ),
    );
  });
}
