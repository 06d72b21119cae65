import type { Library } from "../../campaign/library.ts";
import type { Text } from "../../campaign/program.ts";
import type { Scoring } from "../../campaign/scoring.ts";
import { absent, refuse } from "../../fault.ts";
import { type Ast, variablesOf } from "../../rule/ast.ts";
import { type Explained, explain } from "../../rule/explain.ts";
import type { Database } from "../../store/database.ts";
import { loadFacts } from "../../store/facts.ts";
import { now } from "../../store/clock.ts";
import { type CustomerScores, loadScores } from "../../store/score/customer.ts";
import { findCustomer } from "../../store/segment.ts";

export interface ScoreExplanation extends CustomerScores {
  customer: string;
  /** when the scores were worked out; the rules below are asked of now */
  scoredAt: Date;
  tierName?: Text;
  care?: Text;
  stageName?: Text;
  /** stages' rules up to the one that held */
  stages: { name: Text; rule?: Explained }[];
  /** points whose rule holds count */
  lead: { name: Text; points: number; rule: Explained }[];
}

/**
 * What is known of one customer, and why.
 * @throws InputError when there is no such customer, or nobody has been scored yet
 */
export async function explainScores(
  db: Database,
  library: Pick<Library, "home" | "catalogue">,
  scoring: Scoring,
  customerId: string,
): Promise<ScoreExplanation> {
  const customer = await findCustomer(db, customerId);
  if (!customer) throw absent(customerId, { en: "no such customer", "zh-CN": "没有该客户" });
  const found = await loadScores(db, customer.id);
  if (!found) {
    throw refuse(
      customerId,
      { en: "has not been scored yet", "zh-CN": "尚未评分" },
      { en: "run: rekindle score", "zh-CN": "请运行：rekindle score" },
    );
  }
  const { scoredAt, ...scores } = found;
  const rules = [...(scoring.stages ?? []), ...(scoring.leadScore ?? [])].flatMap(({ when }) => (when ? [when] : []));
  const asking = { asOf: await now(db), homeZone: library.home.timezone };
  const facts = await loadFacts(db, { customers: [customer.id], variables: rules.flatMap(variablesOf), ...asking });
  const { catalogue } = library;
  const wording = { exponent: catalogue.exponent, label: (name: string) => catalogue.variable(name)?.label };
  const tell = (rule: Ast) => explain(rule, (name) => facts.get(customer.id)?.[name], wording);

  const stages = (scoring.stages ?? []).map(({ name, when }) => ({ name, ...(when && { rule: tell(when) }) }));
  const reached = stages.findIndex(({ rule }) => !rule || rule.holds);
  const tier = scoring.tiers?.tiers.find(({ id }) => id === scores.tier);
  const stage = scoring.stages?.find(({ id }) => id === scores.stage);
  return {
    customer: customerId,
    scoredAt,
    ...scores,
    ...(tier && { tierName: tier.name }),
    ...(tier?.care && { care: tier.care }),
    ...(stage && { stageName: stage.name }),
    stages: reached < 0 ? stages : stages.slice(0, reached + 1),
    lead: (scoring.leadScore ?? []).map(({ name, points, when }) => ({ name, points, rule: tell(when) })),
  };
}
