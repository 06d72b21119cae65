import { z } from "zod";
import { parseAsOf } from "../../operate/as-of.ts";
import { countSegment, explainMember, listSegments, segmentMembers } from "../../operate/segment/segment.ts";
import { lookAtAll, membersThen, segmentDiff } from "../../operate/segment/diff.ts";
import { listOf, listQuery, onePast, pageAsked, pageOf } from "../cursor.ts";
import type { LongWork } from "../long-work.ts";
import type { Parts } from "../parts.ts";
import { type AnyRoute, route } from "../route.ts";
import { explained, found, name, text, time } from "../schema.ts";

const named = z.object({ id: name });
const summary = z.object({ id: z.string(), name: text, why: text.meta({ description: "what it is good for" }) });
const asOf = z
  .string()
  .max(40)
  .optional()
  .meta({ description: "as things were then (ISO 8601; a day means its end); now when left out" });
const moved = z.object({ customer: z.string(), at: time.meta({ description: "when a look found it" }) });
const MOST_MOVED = 100_000;

/** Segments as rules/ has them at the moment of the request. */
export function segmentRoutes({ db, home, library }: Parts, long: LongWork): AnyRoute[] {
  const then = (said: string | undefined) => (said === undefined ? undefined : parseAsOf(said, home.timezone));
  return [
    route({
      method: "GET",
      path: "/v1/segments",
      tag: "segments",
      summary: { en: "The segments of the library and what each is good for", "zh-CN": "分群库及各分群的用途" },
      roles: ["marketer", "ops", "sales"],
      answer: z.object({ items: z.array(summary) }),
      handle: async () => ({ items: listSegments((await library()).library) }),
    }),
    route({
      method: "GET",
      path: "/v1/segments/{id}",
      tag: "segments",
      summary: { en: "How many customers are in a segment", "zh-CN": "分群中有多少客户" },
      roles: ["marketer", "ops", "sales"],
      params: named,
      query: z.object({ asOf }),
      answer: summary.extend({ members: z.number().int(), customers: z.number().int(), asOf: time }),
      async handle({ params, query }) {
        const rules = await library();
        return long(() => countSegment(db, rules.library, params.id, then(query.asOf)));
      },
    }),
    route({
      method: "GET",
      path: "/v1/segments/{id}/members",
      tag: "segments",
      summary: {
        en: "Who is in a segment, and what was found for each variable of its rule",
        "zh-CN": "分群中有谁，以及规则中每个变量的取值",
      },
      roles: ["marketer", "ops"],
      exports: true,
      params: named,
      query: listQuery.extend({ asOf }),
      answer: listOf(z.object({ customer: z.string(), found: z.array(found) })),
      async handle({ params, query: { asOf: at, ...query } }) {
        const rules = await library();
        const page = pageAsked(query, name);
        const members = await long(() => segmentMembers(db, rules.library, params.id, onePast(page), then(at)));
        return pageOf(members, page, ({ customer }) => customer);
      },
    }),
    route({
      method: "GET",
      path: "/v1/segments/{id}/stays",
      tag: "segments",
      summary: {
        en: "Who was in a segment at a moment, as looks then found it",
        "zh-CN": "某一时刻分群中有谁（按当时的检查结果）",
      },
      roles: ["marketer", "ops"],
      exports: true,
      params: named,
      query: listQuery.extend({ at: z.string().max(40) }),
      answer: listOf(z.object({ customer: z.string(), enteredAt: time, leftAt: time.nullable() })),
      async handle({ params, query: { at, ...query } }) {
        const page = pageAsked(query, name);
        return pageOf(await membersThen(db, params.id, then(at)!, onePast(page)), page, ({ customer }) => customer);
      },
    }),
    route({
      method: "GET",
      path: "/v1/segments/{id}/members/{customer}",
      tag: "segments",
      summary: {
        en: "Why a customer is in a segment, or why not, and what would change it",
        "zh-CN": "客户为何在或不在分群中，以及怎样会改变",
      },
      roles: ["marketer", "ops"],
      params: z.object({ id: name, customer: name }),
      query: z.object({ asOf }),
      answer: summary.extend({
        customer: z.string(),
        member: z.boolean(),
        asOf: time,
        rule: explained,
        obstacles: z.array(explained),
        flip: z.looseObject({ words: text }).optional(),
      }),
      async handle({ params, query }) {
        const rules = await library();
        return explainMember(db, rules.library, params.id, params.customer, then(query.asOf));
      },
    }),
    route({
      method: "POST",
      path: "/v1/segments/{id}/diff",
      tag: "segments",
      summary: {
        en: "Looks at a segment and says who came and who left since the look before, or since a moment",
        "zh-CN": "检查分群，给出自上次检查或某一时刻以来的进出",
      },
      roles: ["marketer", "ops"],
      params: named,
      body: z.strictObject({
        since: z.string().max(40).optional(),
        limit: z.number().int().min(1).max(MOST_MOVED).default(1_000).meta({ description: "of each list" }),
      }),
      answer: z.object({
        segment: z.string(),
        from: time.optional().meta({ description: "left out at the first look" }),
        to: time,
        members: z.number().int(),
        entered: z.array(moved),
        left: z.array(moved),
        more: z.boolean().meta({ description: "a list is longer than the limit" }),
      }),
      async handle({ params, body: { since, limit } }) {
        const rules = await library();
        const from = then(since);
        const asked = { limit: limit + 1, ...(from && { since: from }) };
        const { entered, left, ...diff } = await long(() => segmentDiff(db, rules.library, params.id, asked));
        const more = entered.length > limit || left.length > limit;
        return { ...diff, entered: entered.slice(0, limit), left: left.slice(0, limit), more };
      },
    }),
    route({
      method: "POST",
      path: "/v1/segments/diff",
      tag: "segments",
      summary: {
        en: "Looks at every segment and counts who came and who left since the look before",
        "zh-CN": "检查所有分群，统计自上次检查以来的进出人数",
      },
      roles: ["marketer", "ops"],
      answer: z.object({
        items: z.array(
          z.object({
            segment: z.string(),
            at: time,
            before: time.nullable(),
            members: z.number().int(),
            entered: z.number().int(),
            left: z.number().int(),
          }),
        ),
      }),
      async handle() {
        const rules = await library();
        return { items: await long(() => lookAtAll(db, rules.library)) };
      },
    }),
  ];
}
