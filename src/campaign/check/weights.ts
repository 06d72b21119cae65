import { error, pointer } from "../../fault.ts";
import { list, record, stepsOf } from "../definition/journey.ts";
import type { Check } from "./check.ts";

/** Weights of the arms of a split are shares of one. */
export const weights: Check = (definition) =>
  [...stepsOf(definition.journey)]
    .filter((step) => step.kind === "split")
    .flatMap((step) => {
      const arms = list(record(step.body)?.arms).map((arm) => record(arm)?.weight);
      if (!arms.every((weight) => typeof weight === "number")) return [];
      const sum = arms.reduce<number>((total, weight) => total + (weight as number), 0);
      if (arms.length === 0 || Math.abs(sum - 1) < 1e-9) return [];
      const shown = Number(sum.toFixed(6));
      return [
        error(`${step.pointer}${pointer("split", "arms")}`, {
          en: `weights sum to ${shown}, not to 1`,
          "zh-CN": `权重之和为 ${shown}，应为 1`,
        }),
      ];
    });
