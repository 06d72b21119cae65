import { error, type Fault, pointer } from "../../fault.ts";
import { list, record, stepsOf } from "../definition/journey.ts";
import type { Check } from "./check.ts";

/** The ledger and the waits of an enrolment know a goal by this name. */
const RESERVED = "goal";

/** Ids are unique among their kind: steps throughout the journey, all else within its list. */
export const ids: Check = (definition) => {
  const steps = [...stepsOf(definition.journey)].map((step) => ({
    id: step.id,
    pointer: `${step.pointer}/id`,
    body: step,
  }));
  const faults = twice(steps);
  for (const step of steps) {
    if (step.id === RESERVED) {
      faults.push(error(step.pointer, { en: `"${RESERVED}" is reserved`, "zh-CN": `"${RESERVED}" 是保留名称` }));
    }
    for (const key of ["outcomes", "answers", "questions", "branches", "any"]) {
      faults.push(
        ...twice(named(record(step.body.body)?.[key], `${step.body.pointer}${pointer(step.body.kind ?? "", key)}`)),
      );
    }
  }
  faults.push(...twice(named(definition.phases, "/phases")), ...twice(named(definition.plan, "/plan")));
  faults.push(...twice(named(record(definition.budget)?.lines, "/budget/lines")));
  return faults;
};

interface Named {
  id: string | undefined;
  pointer: string;
}

function named(items: unknown, at: string): Named[] {
  return list(items).map((item, index) => {
    const id = record(item)?.id;
    return { id: typeof id === "string" ? id : undefined, pointer: `${at}${pointer(index, "id")}` };
  });
}

function twice(items: readonly Named[]): Fault[] {
  const first = new Map<string, string>();
  const faults: Fault[] = [];
  for (const { id, pointer: at } of items) {
    if (id === undefined) continue;
    const before = first.get(id);
    if (before === undefined) first.set(id, at);
    else
      faults.push(
        error(at, {
          en: `"${id}" is used twice, first at ${before}`,
          "zh-CN": `"${id}" 重复使用，首次出现于 ${before}`,
        }),
      );
  }
  return faults;
}
