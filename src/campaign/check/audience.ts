import { error } from "../../fault.ts";
import { record } from "../definition/journey.ts";
import type { Check } from "./check.ts";

/** Triggers that bring customers one by one. */
const JOINING = ["event", "segment", "date"];

/** A launch that enrols everybody is a slip of the pen; whom events bring in need not be told twice. */
export const audience: Check = (definition) => {
  // one that is of another form is told so elsewhere
  const who = definition.audience === undefined ? {} : record(definition.audience);
  if (!who || who.segment !== undefined || who.list !== undefined) return [];
  const trigger = record(definition.trigger) ?? {};
  if (JOINING.some((kind) => kind in trigger)) return [];
  return [
    error(
      "/audience",
      { en: 'says nobody: "segment" or "list" is missing', "zh-CN": '未指定对象：缺少 "segment" 或 "list"' },
      {
        en: '"segment": who fits a rule; "list": who is named in a file',
        "zh-CN": '"segment" 按规则选人，"list" 按名单选人',
      },
    ),
  ];
};
