import type { Scoring } from "../../campaign/scoring.ts";
import type { ScoreReport, Silent, Step } from "../../operate/score/score.ts";
import { RFM_NAMES } from "./rfm-names.ts";
import { decimals, money, type Shown } from "./money.ts";

type Locale = "en" | "zh-CN";

const STEPS: Record<Step, Record<Locale, string>> = {
  purchases: { en: "gathering purchases", "zh-CN": "汇总购买记录" },
  churn: { en: "fitting who still buys (BG/NBD)", "zh-CN": "拟合流失模型（BG/NBD）" },
  value: { en: "fitting what orders are worth (Gamma-Gamma)", "zh-CN": "拟合消费额模型（Gamma-Gamma）" },
  expectations: { en: "storing RFM and expectations", "zh-CN": "写入 RFM 与预期值" },
  rules: { en: "asking the rules of everybody", "zh-CN": "计算分层、阶段与线索规则" },
  places: { en: "storing tiers, stages and lead scores", "zh-CN": "写入分层、阶段与线索评分" },
};
const SILENT: Record<Silent["unavailable"], Record<Locale, string>> = {
  "too-few": { en: "cannot be said: too few repeat buyers", "zh-CN": "无法计算：复购客户太少" },
  "not-converged": { en: "cannot be said: the fit did not converge", "zh-CN": "无法计算：拟合未收敛" },
  "no-average": { en: "cannot be said: amounts spread too widely", "zh-CN": "无法计算：金额过于分散" },
};

/** One line on standard error per step. */
export function stepText(step: Step, seconds: number, locale: Locale): string {
  return `${seconds.toFixed(1).padStart(6)} s  ${STEPS[step][locale]}`;
}

export function reportText(report: ScoreReport, scoring: Scoring, locale: Locale, shown: Shown): string {
  const zh = locale === "zh-CN";
  const { bought, churn, value, expected, changes } = report;
  const n = (count: number) => count.toLocaleString("en");
  const named = (sizes: Record<string, number>, name: (id: string) => string | undefined) =>
    Object.entries(sizes)
      .map(([id, size]) => `${name(id) ?? id} ${n(size)}`)
      .join(zh ? "，" : ", ") || "–";
  const nameIn = (list: { id: string; name: Record<Locale, string> }[] | undefined) => (id: string) =>
    list?.find((each) => each.id === id)?.name[locale];
  const lines: [string, string][] = [
    [
      zh ? "客户" : "customers",
      zh
        ? `${n(report.customers)}，其中买过 ${n(bought.buyers)}，复购 ${n(bought.repeatBuyers)}`
        : `${n(report.customers)}; ${n(bought.buyers)} have bought, ${n(bought.repeatBuyers)} more than once`,
    ],
    [zh ? "流失模型" : "churn model", modelText(churn, ["r", "alpha", "a", "b"], locale)],
    [zh ? "消费额模型" : "value model", modelText(value, ["p", "q", "v"], locale)],
    [
      zh ? "未来 365 天" : "next 365 days",
      zh
        ? `预期 ${decimals(expected.orders365d, 0)} 单，${money(expected.value365d, shown)}；复购客户平均流失风险 ${decimals(expected.churnRisk, 2)}`
        : `${decimals(expected.orders365d, 0)} orders expected, ${money(expected.value365d, shown)}; repeat buyers' average risk ${decimals(expected.churnRisk, 2)}`,
    ],
    [zh ? "RFM 分组" : "RFM groups", named(report.rfm, (id) => RFM_NAMES[id]?.[locale])],
    [zh ? "分层" : "tiers", named(report.tiers, nameIn(scoring.tiers?.tiers))],
    [zh ? "阶段" : "stages", named(report.stages, nameIn(scoring.stages))],
    [
      zh ? "线索评分" : "lead scores",
      zh
        ? `平均 ${decimals(report.leadScore.average, 1)}，最高 ${decimals(report.leadScore.most, 1)}`
        : `${decimals(report.leadScore.average, 1)} on average, ${decimals(report.leadScore.most, 1)} at most`,
    ],
    [
      zh ? "变化" : "changes",
      zh
        ? `${n(changes.tier)} 位换了分层，${n(changes.stage)} 位换了阶段`
        : `${n(changes.tier)} changed tier, ${n(changes.stage)} changed stage`,
    ],
  ];
  const text = lines.map(([what, says]) => `${what}: ${says}`);
  if (!report.stored) text.push(zh ? "（按过去时点计算，未保存）" : "(as of another moment: nothing was stored)");
  return text.join("\n");
}

function modelText(model: ScoreReport["churn"] | ScoreReport["value"], names: string[], locale: Locale): string {
  if ("unavailable" in model) return SILENT[model.unavailable][locale];
  const parameters = names.map((name) => `${name} ${Number(model[name as keyof typeof model]).toPrecision(4)}`);
  const from =
    locale === "zh-CN" ? `用 ${model.used.toLocaleString("en")} 组` : `from ${model.used.toLocaleString("en")} groups`;
  return `${parameters.join(", ")}; LL ${model.logLikelihood.toFixed(1)}; ${from}`;
}
