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
  for (const { kind, passes, pointer } of steps) {
    if ((kind !== "survey" && kind !== "rsvp") || passes === 1) continue;
    const message = {
      en: `${kind === "rsvp" ? "an rsvp" : "a survey"} is asked once in a journey, so it cannot be repeated`,
      "zh-CN": `${kind === "rsvp" ? "邀约" : "问卷"}在一次旅程中只问一次，不能放在 repeat 里`,
    };
    faults.push(error(`${pointer}/${kind}`, message, { en: "put it after the repeat", "zh-CN": "请放在 repeat 之后" }));
  }
  return faults;
};

/** A challenge decides twice a day. */
function opsOf(kind: string | undefined, body: unknown): number {
  const days = kind === "challenge" ? record(body)?.days : undefined;
  return typeof days === "number" && days > 0 ? 2 * days + 2 : 1;
}
