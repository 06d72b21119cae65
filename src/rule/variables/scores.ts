import type { ScoreColumn, Type } from "../ast.ts";
import type { Text } from "../text.ts";
import type { Declared, Family } from "./described.ts";

interface Score {
  column: ScoreColumn;
  type: Type;
  label: Text;
  unit?: Text;
}

const SHARE = { en: "0 to 1", "zh-CN": "0 至 1" };
const QUINTILE = { en: "1 (low) to 5 (high)", "zh-CN": "1（低）至 5（高）" };
const POINTS = { en: "0 to 100", "zh-CN": "0 至 100" };
const PURCHASES = { en: "purchases", "zh-CN": "次" };

/** As the latest `rekindle score` left them; missing before the first one, and where nothing can be said. */
const SCORES: Record<string, Score> = {
  "churn.risk": number("churn_risk", { en: "risk of having left for good", "zh-CN": "流失风险" }, SHARE),
  "orders.next_30d": number("orders_30d", expected(30), PURCHASES),
  "orders.next_90d": number("orders_90d", expected(90), PURCHASES),
  "orders.next_365d": number("orders_365d", expected(365), PURCHASES),
  "value.per_order": money("order_value", { en: "expected value of an order", "zh-CN": "预期单次消费额" }),
  "value.next_365d": money("value_365d", {
    en: "expected value of the next 365 days",
    "zh-CN": "未来 365 天预期消费额",
  }),
  "rfm.recency": number("rfm_recency", { en: "RFM: recency", "zh-CN": "RFM 最近购买得分" }, QUINTILE),
  "rfm.frequency": number("rfm_frequency", { en: "RFM: frequency", "zh-CN": "RFM 购买频次得分" }, QUINTILE),
  "rfm.monetary": number("rfm_monetary", { en: "RFM: monetary", "zh-CN": "RFM 消费金额得分" }, QUINTILE),
  "rfm.group": text("rfm_group", { en: "RFM group", "zh-CN": "RFM 分组" }),
  tier: text("tier", { en: "tier", "zh-CN": "客户分层" }),
  "tier.value": number("tier_value", { en: "tier: value", "zh-CN": "分层：价值得分" }, POINTS),
  "tier.depth": number("tier_depth", { en: "tier: depth", "zh-CN": "分层：深度得分" }, POINTS),
  "tier.interaction": number("tier_interaction", { en: "tier: interaction", "zh-CN": "分层：互动得分" }, POINTS),
  "tier.risk": number("tier_risk", { en: "tier: risk", "zh-CN": "分层：风险得分" }, POINTS),
  stage: text("stage", { en: "stage of life", "zh-CN": "生命周期阶段" }),
  "lead.score": number("lead_score", { en: "lead score", "zh-CN": "线索评分" }, { en: "points", "zh-CN": "分" }),
};

export const scores: Family = {
  find(name): Declared | undefined {
    const score = Object.hasOwn(SCORES, name) ? SCORES[name] : undefined;
    return score && { name, type: score.type, source: { from: "score", column: score.column }, label: score.label };
  },
  names: () => Object.keys(SCORES),
  described: Object.entries(SCORES).map(([name, { type, label, unit }]) => ({
    name,
    type,
    label,
    ...(unit && { unit }),
    source: "customer_scores",
  })),
};

function number(column: ScoreColumn, label: Text, unit: Text): Score {
  return { column, type: "number", label, unit };
}

function money(column: ScoreColumn, label: Text): Score {
  return { column, type: "money", label };
}

function text(column: ScoreColumn, label: Text): Score {
  return { column, type: "string", label };
}

function expected(days: number): Text {
  return { en: `expected orders in the next ${days} days`, "zh-CN": `未来 ${days} 天预期订单数` };
}
