import { type Fault, pointer, warning } from "../../fault.ts";
import type { Text } from "../program.ts";
import type { Advice } from "./advice.ts";
import { couponOf } from "./goal.ts";
import type { Passed } from "./way.ts";

interface Lent {
  /** what templates call it: itself and all below */
  name: string;
  given: (step: Passed) => boolean;
  by: Text;
}

/** What only some messages have. */
const LENT: Lent[] = [
  {
    name: "coupon",
    given: (step) => couponOf(step) !== undefined,
    by: { en: 'only a message with "coupon" has it', "zh-CN": '只有写了 "coupon" 的消息才有' },
  },
  {
    name: "challenge",
    given: ({ kind }) => kind === "challenge",
    by: { en: "only messages of a challenge have it", "zh-CN": "只有打卡挑战的消息才有" },
  },
  {
    name: "links.checkIn",
    given: ({ kind }) => kind === "challenge",
    by: { en: "only messages of a challenge have it", "zh-CN": "只有打卡挑战的消息才有" },
  },
  {
    name: "survey",
    given: ({ kind }) => kind === "survey",
    by: { en: "only the message of a survey has it", "zh-CN": "只有问卷消息才有" },
  },
  {
    name: "links.survey",
    given: ({ kind }) => kind === "survey",
    by: { en: "only the message of a survey has it", "zh-CN": "只有问卷消息才有" },
  },
  ...["links.rsvp", "links.rsvpYes", "links.rsvpNo", "links.rsvpMaybe"].map((name) => ({
    name,
    given: ({ kind }: Passed) => kind === "rsvp",
    by: { en: "only the message of an rsvp has it", "zh-CN": "只有邀约消息才有" },
  })),
];

/** A template that says what its message does not have leaves a hole in the mail. One that first asks is fine. */
export const template: Advice = ({ library, way }) =>
  way.steps.flatMap((step) =>
    ["template", "reminder"].flatMap((key) => {
      const name = step.body[key];
      const uses = typeof name === "string" ? (library.templates[name]?.uses ?? []) : [];
      return LENT.flatMap((lent): Fault[] => {
        if (lent.given(step) || uses.some((use) => use.name === lent.name && lent.name === "coupon")) return [];
        const use = uses.find((each) => each.name === lent.name || each.name.startsWith(`${lent.name}.`));
        if (!use) return [];
        const message = {
          en: `template "${String(name)}" says ${use.name} (${String(name)}.${use.locale}.mjml line ${use.line}), which this message does not have`,
          "zh-CN": `模板 "${String(name)}" 使用了 ${use.name}（${String(name)}.${use.locale}.mjml 第 ${use.line} 行），这条消息没有这项数据`,
        };
        return [warning(step.pointer + pointer(step.kind, key), message, lent.by)];
      });
    }),
  );
