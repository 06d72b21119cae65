import { error, pointer } from "../../fault.ts";
import { list, record, stepsOf } from "../definition/journey.ts";
import type { Check } from "./check.ts";

/** A gift is booked on a line of the campaign's budget, so the line must be there. */
export const gifts: Check = (definition, library) => {
  const lines = new Set(list(record(definition.budget)?.lines).map((line) => record(line)?.id));
  return [...stepsOf(definition.journey)].flatMap((step) => {
    if (step.kind !== "challenge") return [];
    return list(record(step.body)?.gifts).flatMap((reward, index) => {
      const name = record(reward)?.gift;
      if (typeof name !== "string" || !Object.hasOwn(library.gifts, name)) return [];
      const line = library.gifts[name]!.line;
      if (line === undefined || lines.has(line)) return [];
      const at = `${step.pointer}${pointer("challenge", "gifts", index, "gift")}`;
      const message = {
        en: `gift "${name}" is booked on budget line "${line}", which this campaign does not have`,
        "zh-CN": `礼品 "${name}" 计入预算科目 "${line}"，而本活动没有该科目`,
      };
      return [error(at, message, { en: "add the line to /budget/lines", "zh-CN": "请在 /budget/lines 中添加该科目" })];
    });
  });
};
