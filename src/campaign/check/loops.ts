import { error, type Fault } from "../../fault.ts";
import { record, stepsOf } from "../definition/journey.ts";
import type { Check } from "./check.ts";

/** Steps that one member can come to, passes counted: bounds ledger, history and what one clock tick may run through. */
export const MOST_PASSED = 3_000;

/** What `repeat` may hold, and how much it may come to. */
export const loops: Check = (definition) => {
  const steps = [...stepsOf(definition.journey)];
  const faults: Fault[] = [];
  const passed = steps.reduce((sum, { kind, body, passes }) => sum + passes * opsOf(kind, body), 0);
  if (passed > MOST_PASSED) {
    const repeats = steps.filter((step) => step.kind === "repeat" || step.kind === "challenge");
    faults.push(
      error(repeats[0]?.pointer ?? "/journey", {
        en: `the journey comes to ${passed} steps for one customer, passes counted; at most ${MOST_PASSED}`,
        "zh-CN": `计入重复次数，单个客户最多经过 ${passed} 步，上限为 ${MOST_PASSED} 步`,
      }),
    );
  }
  for (const { id = "ask", kind, passes, pointer } of steps) {
    if ((kind !== "survey" && kind !== "rsvp") || passes === 1) continue;
    const name = kind === "rsvp" ? "an rsvp" : "a survey";
    const message = {
      en: `${name} is asked once in a journey, so it cannot be repeated: its links and answers are kept by its id`,
      "zh-CN": `${kind === "rsvp" ? "邀约" : "问卷"}在一次旅程中只问一次（链接和回答按其 id 保存），不能放在 repeat 里`,
    };
    const hint = {
      en: `put it after the repeat; or write a step for each time, with an id of its own ("${id}-1", "${id}-2"), instead of the repeat`,
      "zh-CN": `请放在 repeat 之后；或不用 repeat，每次写一个步骤，各用自己的 id（"${id}-1"、"${id}-2"）`,
    };
    faults.push(error(`${pointer}/${kind}`, message, hint));
  }
  return faults;
};

/** A challenge decides twice a day. */
function opsOf(kind: string | undefined, body: unknown): number {
  const days = kind === "challenge" ? record(body)?.days : undefined;
  return typeof days === "number" && days > 0 ? 2 * days + 2 : 1;
}
