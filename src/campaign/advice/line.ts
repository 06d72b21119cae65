import { warning } from "../../fault.ts";
import { record } from "../definition/journey.ts";
import type { Advice } from "./advice.ts";

/** How long somebody waits, where nobody does. */
export const line: Advice = ({ definition }) => {
  const exclusive = record(record(definition.audience)?.exclusive);
  if (exclusive?.queueFor === undefined || exclusive.onConflict === "queue") return [];
  const message = {
    en: 'nobody waits, since "onConflict" is "skip": whoever is in another campaign of the group is left out',
    "zh-CN": '"onConflict" 为 "skip" 时没有人排队：正在同组其他活动中的客户会被略过',
  };
  return [
    warning("/audience/exclusive/queueFor", message, {
      en: 'write "onConflict": "queue"',
      "zh-CN": '请写 "onConflict": "queue"',
    }),
  ];
};
