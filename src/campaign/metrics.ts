import type { Text } from "./program.ts";

/** How a metric's value reads: a share of 1, a mean rating, or money in minor units. */
export type MetricUnit = "ratio" | "rating" | "money";

/** What a target may be set on. Compiler, report and documentation read the same words from here. */
export interface Metric {
  name: MetricName;
  unit: MetricUnit;
  label: Text;
  /** who is counted: the denominator */
  population: Text;
  definition: Text;
}

export const METRIC_NAMES = [
  "participation_rate",
  "conversion_rate",
  "repurchase_rate_30d",
  "satisfaction_avg",
  "cost_per_participant",
] as const;
export type MetricName = (typeof METRIC_NAMES)[number];

const TREATED: Text = { en: "treated enrolments", "zh-CN": "实验组全部成员" };
const PARTICIPANTS: Text = { en: "participants", "zh-CN": "参与者" };

/** A target's number is a share (0.7), a rating (4.5), or money in minor units (the compiler converts from major). */
export const METRICS: Record<MetricName, Metric> = {
  participation_rate: {
    name: "participation_rate",
    unit: "ratio",
    label: { en: "Participation rate", "zh-CN": "参与率" },
    population: TREATED,
    definition: {
      en: "Treated enrolments that took part (checked in on at least the number of days that goal.participation asks for) ÷ all treated enrolments. The holdout is not counted.",
      "zh-CN": "达到 goal.participation 要求打卡天数的实验组成员 ÷ 实验组全部成员。对照组不计入。",
    },
  },
  conversion_rate: {
    name: "conversion_rate",
    unit: "ratio",
    label: { en: "Conversion rate", "zh-CN": "转化率" },
    population: TREATED,
    definition: {
      en: "Treated enrolments that did what goal.convert names within its window, counted once each ÷ all treated enrolments.",
      "zh-CN": "在 goal.convert 窗口期内完成转化的实验组成员（每人只计一次）÷ 实验组全部成员。",
    },
  },
  repurchase_rate_30d: {
    name: "repurchase_rate_30d",
    unit: "ratio",
    label: { en: "Repurchase rate, 30 days", "zh-CN": "30 天复购率" },
    population: PARTICIPANTS,
    definition: {
      en: "Participants with a paid, not refunded order from their first check-in until 30 days after their challenge ended ÷ all participants.",
      "zh-CN": "从首次打卡起至挑战结束后 30 天内有已支付且未退款订单的参与者 ÷ 全部参与者。",
    },
  },
  satisfaction_avg: {
    name: "satisfaction_avg",
    unit: "rating",
    label: { en: "Satisfaction, mean rating", "zh-CN": "满意度均分" },
    population: { en: "answers of treated enrolments", "zh-CN": "实验组成员的有效评分" },
    definition: {
      en: "Sum of the ratings given to the first rating question of the survey ÷ number of those ratings. Who did not answer is not counted, so read it together with the response rate.",
      "zh-CN": "问卷第一道评分题的得分总和 ÷ 评分份数。未作答者不计入，请结合回收率一起看。",
    },
  },
  cost_per_participant: {
    name: "cost_per_participant",
    unit: "money",
    label: { en: "Cost per participant", "zh-CN": "人均成本" },
    population: PARTICIPANTS,
    definition: {
      en: "Cost of the whole run ÷ participants. Basis actual: everything booked on the budget lines (effects and records by hand); basis planned: the budget.",
      "zh-CN":
        "本次活动总成本 ÷ 参与者人数。实际口径：预算科目上的全部入账（系统发放与手工登记）；计划口径：预算金额。",
    },
  },
};

export function isMetric(name: string): name is MetricName {
  return (METRIC_NAMES as readonly string[]).includes(name);
}
