import { error, pointer } from "../../fault.ts";
import { list, record, stepsOf } from "../definition/journey.ts";
import { WHOLE } from "../definition/steps/split.ts";
import type { Check } from "./check.ts";

/** Weights of a split's branches are per cent of one whole. */
export const weights: Check = (definition) =>
  [...stepsOf(definition.journey)]
    .filter((step) => step.kind === "split")
    .flatMap((step) => {
      const found = list(record(step.body)?.branches).map((branch) => record(branch)?.weight);
      if (found.length === 0 || !found.every((weight) => typeof weight === "number")) return [];
      const sum = Number(found.reduce((total, weight) => total + weight, 0).toFixed(6));
      if (sum === WHOLE) return [];
      return [
        error(`${step.pointer}${pointer("split", "branches")}`, {
          en: `weights sum to ${sum}, not to ${WHOLE}`,
          "zh-CN": `权重之和为 ${sum}，应为 ${WHOLE}`,
        }),
      ];
    });
