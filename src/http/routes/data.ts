import { z } from "zod";
import { InputError, absent } from "../../fault.ts";
import { parseAsOf } from "../../operate/as-of.ts";
import { dataStatus } from "../../operate/data-status.ts";
import { scoreBase, type ScoreReport } from "../../operate/score/score.ts";
import { findDuplicates } from "../../store/contact.ts";
import { latestReport } from "../../store/score/save.ts";
import type { LongWork } from "../long-work.ts";
import type { Parts } from "../parts.ts";
import { type AnyRoute, route } from "../route.ts";
import { text, time } from "../schema.ts";

const count = z.number().int();
const MOST_GROUPS = 1_000;
const report = z
  .looseObject({ asOf: time, stored: z.boolean(), changes: z.object({ tier: count, stage: count }) })
  .meta({ description: "counts used, fitted models, sizes of tiers, stages and groups" });

export function dataRoutes({ db, library, doctor }: Parts, long: LongWork): AnyRoute[] {
  return [
    route({
      method: "GET",
      path: "/v1/data/status",
      tag: "data",
      summary: {
        en: "How much data there is, how old it is, and what is missing in it",
        "zh-CN": "有多少数据、有多旧、缺什么",
      },
      roles: ["marketer", "ops"],
      answer: z.looseObject({
        now: time,
        ...{ customers: count, orders: count, orderItems: count, events: count, unreacted: count },
        ...{ openComplaints: count, suppressed: count, withoutConsent: count, unreachable: count, merged: count },
        consents: z.array(z.object({ channel: z.string(), customers: count })),
        ...{ lastOrderAt: time.nullable(), lastEventAt: time.nullable(), scoredAt: time.nullable() },
        sources: z.array(z.object({ source: z.string(), rows: count, updatedAt: time, ageDays: z.number() })),
      }),
      handle: () => long(() => dataStatus(db)),
    }),
    route({
      method: "GET",
      path: "/v1/data/duplicates",
      tag: "data",
      summary: {
        en: "Customers who share an address, by their ids; those with the most customers first, a thousand at most",
        "zh-CN": "共用联系方式的客户（列编号）；客户最多的在前，至多一千组",
      },
      roles: ["ops"],
      exports: true,
      answer: z.object({
        items: z.array(z.object({ kind: z.enum(["email", "phone", "wecom"]), customers: z.array(z.string()) })),
      }),
      handle: async () => ({ items: await long(() => findDuplicates(db, MOST_GROUPS)) }),
    }),
    route({
      method: "GET",
      path: "/v1/scores",
      tag: "scores",
      summary: { en: "What the latest scoring found", "zh-CN": "最近一次评分的结果" },
      roles: ["marketer", "ops"],
      answer: report,
      async handle() {
        const latest = await latestReport<ScoreReport>(db);
        if (latest) return latest;
        throw absent("", { en: "nobody has been scored yet", "zh-CN": "尚未评分" });
      },
    }),
    route({
      method: "POST",
      path: "/v1/scores",
      tag: "scores",
      summary: {
        en: "Works out everybody's RFM, churn risk, expected value, tier, stage and lead score; takes a while",
        "zh-CN": "计算所有客户的 RFM、流失风险、预期价值、分层、阶段与线索评分；需要一些时间",
      },
      roles: ["ops"],
      body: z.strictObject({
        asOf: z.string().max(40).optional().meta({ description: "as things were then; nothing is stored" }),
      }),
      answer: report,
      async handle({ body: { asOf } }) {
        const { library: rules, scoring, scoringFaults } = await library();
        if (scoringFaults.some(({ severity }) => severity === "error")) throw new InputError(scoringFaults);
        const then = asOf === undefined ? {} : { asOf: parseAsOf(asOf, rules.home.timezone) };
        return long(() => scoreBase(db, { home: rules.home, scoring, ...then }));
      },
    }),
    route({
      method: "GET",
      path: "/v1/doctor",
      tag: "data",
      summary: {
        en: "What the server stands on, what is missing, and how to mend it",
        "zh-CN": "服务器所依赖的组件、缺少什么、如何修复",
      },
      roles: ["ops"],
      answer: z.object({
        items: z.array(z.object({ what: z.string(), ok: z.boolean(), detail: text, hint: text.optional() })),
      }),
      handle: async () => ({ items: await doctor() }),
    }),
  ];
}
