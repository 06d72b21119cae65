import { type Fault, warning } from "../../fault.ts";
import type { Advice } from "./advice.ts";

const KNOWN = ["step", "enrolment"];

/** A wait that looks back to a step which nobody can have passed yet looks back to nothing. */
export const since: Advice = ({ way }) =>
  way.steps.flatMap(({ id, kind, body, pointer, behind }): Fault[] => {
    const { since: from } = body;
    if (kind !== "waitFor" || typeof from !== "string" || KNOWN.includes(from) || behind.has(from)) return [];
    const message = {
      en: `nobody has passed "${from}" when they get to "${id}": it looks for events from now on only`,
      "zh-CN": `走到 "${id}" 时没有人经过 "${from}"：只能从此刻起等待事件`,
    };
    const hint = { en: 'an earlier step, or "enrolment"', "zh-CN": '请写更早的步骤，或 "enrolment"' };
    return [warning(`${pointer}/waitFor/since`, message, hint)];
  });
