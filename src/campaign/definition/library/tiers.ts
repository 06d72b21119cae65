import { z } from "zod";
import { complain, id, text } from "../leaf.ts";
import type { Names } from "../names.ts";

const WHOLE = 100;

/** rules/tiers.json: how customers are ranked. Weights of a dimension's variables sum to 1, shares of tiers to 100. */
export function tiersDefinition(value: ReturnType<Names["rule"]>) {
  const weighted = z.strictObject({ of: value, weight: z.number().gt(0).max(1) });
  const tier = z.strictObject({ id, name: text, share: z.number().gt(0).max(WHOLE), care: text });
  return z
    .strictObject({
      $schema: z.string().optional(),
      dimensions: z.array(
        z.strictObject({ id, name: text, weight: z.number().gt(0).max(1), variables: z.array(weighted).min(1).check(weights) }),
      ).min(1).check(weights),
      tiers: z.array(tier).min(1).check(shares).meta({ description: "best first" }),
    })
    .meta({ title: "Rekindle tiers" });
}

type Context<T> = { value: T; issues: z.core.$ZodRawIssue[] };

function weights(context: Context<{ weight: number }[]>): void {
  sumsTo(context, context.value.map(({ weight }) => weight), 1);
}

function shares(context: Context<{ share: number }[]>): void {
  sumsTo(context, context.value.map(({ share }) => share), WHOLE);
}

function sumsTo(context: Context<unknown>, parts: number[], whole: number): void {
  const sum = Number(parts.reduce((total, part) => total + part, 0).toFixed(6));
  if (sum === whole) return;
  complain(context, context.value, {
    message: { en: `weights sum to ${sum}, not to ${whole}`, "zh-CN": `权重之和为 ${sum}，应为 ${whole}` },
  });
}
