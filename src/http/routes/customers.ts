import { z } from "zod";
import { InputError } from "../../fault.ts";
import { reachCustomer, showCustomer } from "../../operate/customer/customer.ts";
import { pageOfCustomers } from "../../operate/customer/list.ts";
import { mergeCustomers } from "../../operate/customer/merge.ts";
import { explainScores } from "../../operate/score/explain.ts";
import { listOf, listQuery, pageAsked, partOf } from "../cursor.ts";
import type { Parts } from "../parts.ts";
import { type AnyRoute, route } from "../route.ts";
import { explained, name, text, whoAsks } from "../schema.ts";
import { customer, glance, scores } from "../answer/customer.ts";

const named = z.object({ id: name });

/** Sales and service see customers whom they look after or have a task for, and contacts masked. */
export function customerRoutes({
  db,
  home,
  library,
  wake,
}: Pick<Parts, "db" | "home" | "library" | "wake">): AnyRoute[] {
  return [
    route({
      method: "GET",
      path: "/v1/customers",
      tag: "customers",
      summary: {
        en: "Customers without names and addresses, in the order of their ids",
        "zh-CN": "客户列表（不含姓名与联系方式），按编号排列",
      },
      roles: ["marketer", "ops", "sales", "service"],
      query: listQuery.extend({
        owner: name.optional().meta({ description: "sales rep" }),
        tier: name.optional(),
        stage: name.optional(),
      }),
      answer: listOf(glance),
      async handle({ query, holder }) {
        return partOf(await pageOfCustomers(db, query, pageAsked(query, name), holder));
      },
    }),
    route({
      method: "GET",
      path: "/v1/customers/{id}",
      tag: "customers",
      summary: {
        en: "All that is known of one customer; of long lists the latest",
        "zh-CN": "一位客户的全部信息；较长的列表只列最近部分",
      },
      roles: ["marketer", "ops", "sales", "service"],
      exports: true,
      params: named,
      answer: customer,
      handle: async ({ params, holder }) => showCustomer(db, (await library()).library, params.id, holder),
    }),
    route({
      method: "GET",
      path: "/v1/customers/{id}/scores",
      tag: "customers",
      summary: { en: "A customer's scores, and why they are what they are", "zh-CN": "客户的评分及其由来" },
      roles: ["marketer", "ops", "sales", "service"],
      params: named,
      answer: scores.extend({
        customer: z.string(),
        tierName: text.optional(),
        care: text.optional(),
        stageName: text.optional(),
        stages: z.array(z.object({ name: text, rule: explained.optional() })),
        lead: z.array(z.object({ name: text, points: z.number(), rule: explained })),
      }),
      async handle({ params, holder }) {
        await reachCustomer(db, params.id, holder);
        const rules = await library();
        if (rules.scoringFaults.some(({ severity }) => severity === "error")) throw new InputError(rules.scoringFaults);
        return explainScores(db, rules.library, rules.scoring, params.id);
      },
    }),
    route({
      method: "POST",
      path: "/v1/customers/{id}/merge",
      tag: "customers",
      summary: {
        en: "Several customers are one: everything of the others becomes this one's, for good",
        "zh-CN": "多个客户其实是一人：其余客户的一切并入此客户，不可撤销",
      },
      roles: ["ops"],
      params: named,
      body: z.strictObject({
        drop: z.array(name).min(1).max(100).meta({ description: "ids that reach this customer from then on" }),
        confirmed: z.boolean().default(false).meta({ description: "false: only says what would be done" }),
      }),
      answer: z.object({
        kept: z.string(),
        done: z.boolean(),
        dropped: z.array(z.looseObject({ customer: z.string(), listed: z.array(z.string()) })),
      }),
      async handle({ params, body, holder, note }) {
        note({ drop: body.drop, confirmed: body.confirmed });
        const merge = await mergeCustomers(db, { keep: params.id, ...body, by: whoAsks(holder), home });
        if (merge.done) wake("dispatch");
        return merge;
      },
    }),
  ];
}
