import { warning } from "../../fault.ts";
import type { Advice } from "./advice.ts";

/** Behind an `exit`, or behind ways that all end in one, nobody comes by. */
export const unreachable: Advice = ({ way }) =>
  way.steps
    .filter((step) => step.cut)
    .map((step) =>
      warning(
        step.pointer,
        {
          en: `nobody reaches "${step.id}": every way before it exits`,
          "zh-CN": `没有人会走到 "${step.id}"：之前的每条路都已退出`,
        },
        { en: "remove it, or let one way go on", "zh-CN": "请删除，或让其中一条路继续" },
      ),
    );
