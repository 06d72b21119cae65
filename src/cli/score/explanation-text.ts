import type { ScoreExplanation } from "../../operate/score/explain.ts";
import { sentences } from "../../rule/explain.ts";
import { decimals, money, type Shown } from "./money.ts";
import { RFM_NAMES } from "./rfm-names.ts";

/** One customer's scores, each with its reasons. */
export function explanationText(found: ScoreExplanation, locale: "en" | "zh-CN", shown: Shown): string {
  const zh = locale === "zh-CN";
  const { rfm, tierScores } = found;
  const sum = found.lead.filter(({ rule }) => rule.holds).reduce((all, { points }) => all + points, 0);
  const lines = [
    `${found.customer} (${found.scoredAt.toISOString()})`,
    rfm
      ? `RFM: ${rfm.recency}-${rfm.frequency}-${rfm.monetary}, ${RFM_NAMES[rfm.group]?.[locale] ?? rfm.group}`
      : zh
        ? "RFM：从未购买"
        : "RFM: never bought",
    zh
      ? `流失风险：${decimals(found.churnRisk, 2)}；预期订单：30 天 ${decimals(found.orders30d, 2)}，90 天 ${decimals(found.orders90d, 2)}，365 天 ${decimals(found.orders365d, 2)}`
      : `churn risk: ${decimals(found.churnRisk, 2)}; expected orders: ${decimals(found.orders30d, 2)} in 30 days, ${decimals(found.orders90d, 2)} in 90, ${decimals(found.orders365d, 2)} in 365`,
    zh
      ? `预期单次消费：${money(found.orderValue, shown)}；未来 365 天：${money(found.value365d, shown)}`
      : `expected per order: ${money(found.orderValue, shown)}; next 365 days: ${money(found.value365d, shown)}`,
    `${zh ? "分层：" : "tier: "}${found.tierName?.[locale] ?? found.tier ?? "–"}`,
  ];
  if (tierScores) {
    const of = (value: number) => value.toFixed(0);
    const { value, depth, interaction, risk } = tierScores;
    lines.push(
      zh
        ? `  价值 ${of(value)}，深度 ${of(depth)}，互动 ${of(interaction)}，风险 ${of(risk)}（满分 100）`
        : `  value ${of(value)}, depth ${of(depth)}, interaction ${of(interaction)}, risk ${of(risk)} (of 100)`,
    );
  }
  if (found.care) lines.push(`  ${found.care[locale]}`);
  lines.push(`${zh ? "阶段：" : "stage: "}${found.stageName?.[locale] ?? found.stage ?? "–"}`);
  for (const { name, rule } of found.stages) {
    lines.push(`  ${!rule || rule.holds ? "✓" : "✗"} ${name[locale]}`);
    if (rule) lines.push(...sentences(rule, locale, 2));
  }
  lines.push(`${zh ? "线索评分：" : "lead score: "}${decimals(found.leadScore, 1)}`);
  for (const { name, points, rule } of found.lead) {
    lines.push(
      `  ${rule.holds ? "✓" : "✗"} ${points > 0 ? "+" : ""}${points} ${name[locale]}`,
      ...sentences(rule, locale, 2),
    );
  }
  if (found.leadScore !== null && sum !== found.leadScore) {
    lines.push(zh ? `  （现在为 ${sum}；自评分以来情况有变）` : `  (${sum} as of now: things have changed since)`);
  }
  for (const { what, was, became, at } of found.changes) {
    lines.push(`${at.slice(0, 10)} ${zh ? { tier: "分层", stage: "阶段" }[what] : what}: ${was} → ${became}`);
  }
  return lines.join("\n");
}
