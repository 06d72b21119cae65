import { type Fault, pointer, warning } from "../../fault.ts";
import type { Text } from "../units.ts";
import { list, record } from "../definition/journey.ts";
import type { Advice } from "./advice.ts";

/** Targets, watches and plan rows that ask for a metric which nothing in the campaign moves. */
export const unmeasured: Advice = ({ definition, way }) => {
  const goal = record(definition.goal) ?? {};
  const takesPart = goal.participation !== undefined || way.steps.some(({ kind }) => kind === "challenge");
  const rates = way.steps.some(
    ({ kind, body }) => kind === "survey" && list(body.questions).some((each) => record(each)?.rating !== undefined),
  );
  const asked: [unknown, string][] = [
    ...list(goal.targets).map((each, i): [unknown, string] => [each, `/goal${pointer("targets", i)}`]),
    ...list(goal.watch).map((each, i): [unknown, string] => [each, `/goal${pointer("watch", i)}`]),
    ...list(definition.plan).map((each, i): [unknown, string] => [
      record(each)?.doneWhen,
      pointer("plan", i, "doneWhen"),
    ]),
  ];
  return asked.flatMap(([one, at]): Fault[] => {
    const metric = record(one)?.metric;
    if (typeof metric !== "string") return [];
    const missing = lacks(metric);
    if (!missing) return [];
    return [
      warning(`${at}/metric`, {
        en: `${metric} stays empty: ${missing.en}`,
        "zh-CN": `${metric} 始终没有数值：${missing["zh-CN"]}`,
      }),
    ];
  });

  function lacks(metric: string): Text | undefined {
    if (metric === "conversion_rate" && goal.convert === undefined)
      return {
        en: 'no "convert" in /goal says what a conversion is',
        "zh-CN": '/goal 中没有 "convert" 说明什么算转化',
      };
    if (["participation_rate", "repurchase_rate_30d", "cost_per_participant"].includes(metric) && !takesPart)
      return {
        en: 'no "participation" in /goal says who takes part, and the journey has no challenge',
        "zh-CN": '/goal 中没有 "participation" 说明什么算参与，旅程中也没有 challenge',
      };
    if (metric === "satisfaction_avg" && !rates)
      return { en: "no survey of the journey asks for a rating", "zh-CN": "旅程中没有任何问卷要求评分" };
    return undefined;
  }
};
