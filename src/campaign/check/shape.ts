import { error } from "../../fault.ts";
import { stepsOf } from "../definition/journey.ts";
import type { Check } from "./check.ts";

/** Deeper than this nobody can read; it also bounds all recursion over journeys. */
export const DEEPEST = 12;
const MOST_STEPS = 300;

/** How deep and how long a journey may be. */
export const shape: Check = (definition) => {
  const steps = [...stepsOf(definition.journey)];
  const faults = [];
  const deep = steps.find((step) => step.depth >= DEEPEST);
  if (deep) {
    faults.push(error(deep.pointer, { en: `nested deeper than ${DEEPEST} levels`, "zh-CN": `嵌套超过 ${DEEPEST} 层` }));
  }
  if (steps.length > MOST_STEPS) {
    faults.push(
      error("/journey", {
        en: `has ${steps.length} steps; at most ${MOST_STEPS}`,
        "zh-CN": `共 ${steps.length} 步，最多 ${MOST_STEPS} 步`,
      }),
    );
  }
  return faults;
};
