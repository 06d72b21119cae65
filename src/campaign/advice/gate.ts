import { type Fault, pointer, warning } from "../../fault.ts";
import { list, record } from "../definition/journey.ts";
import type { Advice } from "./advice.ts";

/** Gates of the last phase: a gate holds the phases after its own. */
export const gate: Advice = ({ definition }) => {
  const last = record(list(definition.phases).at(-1))?.id;
  return list(definition.plan).flatMap((row, index): Fault[] => {
    const { id, phase, gate: holds } = record(row) ?? {};
    if (holds !== true || phase !== last) return [];
    const message = {
      en: `"${String(id)}" holds nothing: a gate holds the phases after its own, and "${String(phase)}" is the last`,
      "zh-CN": `"${String(id)}" 不起作用：gate 只拦住其后的阶段，而 "${String(phase)}" 已是最后一个阶段`,
    };
    return [warning(pointer("plan", index, "gate"), message)];
  });
};
