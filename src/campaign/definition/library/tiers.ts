import { z } from "zod";
import { complain, id, text } from "../leaf.ts";

const weight = z.number().positive().max(1_000_000);
const measure = z.strictObject({
  of: z.json().meta({ description: "a rule that gives a number or an amount" }),
  weight: weight.default(1).meta({ description: "against the dimension's other measures" }),
  full: z.number().positive().optional().meta({
    description: "the value that gives all points (amounts in major units); left out: points by rank among all",
  }),
});
const dimension = z.strictObject({
  weight: weight.default(1).meta({ description: "against the other dimensions" }),
  measures: z.array(measure).min(1).max(10),
});
const tier = z.strictObject({
  id,
  name: text,
  care: text.optional().meta({ description: "how to look after these customers" }),
  share: z.number().gt(0).max(1).optional().meta({ description: "share of all, best first: 0.1" }),
  atLeast: z.number().min(0).max(100).optional().meta({ description: "least score of 100; the last tier has none" }),
});

const need = z.union([
  z.strictObject({ trait: z.string().meta({ description: "a trait of rules/traits.json" }) }),
  z.strictObject({ survey: z.union([z.literal(true), id]).meta({ description: "id of a question, or true: any" }) }),
  z.strictObject({ note: z.literal(true).meta({ description: "what a rep noted after the latest call" }) }),
]);

/** rules/tiers.json */
export const tiersDefinition = z
  .strictObject({
    $schema: z.string().optional(),
    among: z.json().optional().meta({ description: "rule: who is given a tier; everybody when left out" }),
    dimensions: z.strictObject({
      value: dimension,
      depth: dimension,
      interaction: dimension,
      risk: dimension.omit({ weight: true }).meta({ description: "not part of the score; see override" }),
    }),
    tiers: z.array(tier).min(2).max(10).meta({ description: "best first; each with share, or each with atLeast" }),
    override: z
      .strictObject({ atLeast: z.number().gt(0).max(100), tier: z.string() })
      .optional()
      .meta({ description: "from this risk score on this tier, whatever the value" }),
    need: z
      .array(need)
      .max(10)
      .default([{ survey: true }, { note: true }])
      .meta({ description: "where segment table finds what a customer needs; the first that says something" }),
  })
  .check((context) => {
    const { tiers, override } = context.value;
    const told = (path: (string | number)[], en: string, zh: string) =>
      complain(context, context.value, { message: { en, "zh-CN": zh } }, path);
    tiers.forEach((one, i) => {
      if (tiers.findIndex((other) => other.id === one.id) < i) {
        told(["tiers", i, "id"], `"${one.id}" is there twice`, `"${one.id}" 重复`);
      }
    });
    if (override && !tiers.some((one) => one.id === override.tier)) {
      told(["override", "tier"], `there is no tier "${override.tier}"`, `没有 "${override.tier}" 这个层级`);
    }
    const byShare = tiers.filter((one) => one.share !== undefined);
    const byScore = tiers.filter((one) => one.atLeast !== undefined);
    if (byShare.length > 0 && byScore.length > 0) {
      told(["tiers"], "either share or atLeast, not both", "share 与 atLeast 只能选一种");
    } else if (byScore.length === 0) {
      const sum = byShare.reduce((all, one) => all + one.share!, 0);
      if (byShare.length < tiers.length) told(["tiers"], "each tier needs a share", "每个层级都要写 share");
      else if (Math.abs(sum - 1) > 1e-9) {
        told(["tiers"], `the shares add up to ${+sum.toFixed(9)}, not to 1`, `share 合计为 ${+sum.toFixed(9)}，应为 1`);
      }
    } else {
      const limits = tiers.slice(0, -1).map((one) => one.atLeast);
      if (limits.includes(undefined) || tiers.at(-1)!.atLeast !== undefined) {
        told(["tiers"], "each tier but the last needs atLeast", "除最后一个外，每个层级都要写 atLeast");
      } else if (limits.some((limit, i) => i > 0 && limit! >= limits[i - 1]!)) {
        told(["tiers"], "atLeast must fall from tier to tier", "atLeast 应逐级递减");
      }
    }
  })
  .meta({ title: "Rekindle tiers" });
