import { z } from "zod";
import { loadPlanOf, loadReport } from "../../report/load.ts";
import { planLine, reportAnswer } from "../answer/report.ts";
import type { LongWork } from "../long-work.ts";
import type { Parts } from "../parts.ts";
import { type AnyRoute, route } from "../route.ts";
import { ofRun } from "./runs.ts";

/** What runs achieved: figures alone, nobody's name is in them. */
export function reportRoutes({ db }: Parts, long: LongWork): AnyRoute[] {
  return [
    route({
      method: "GET",
      path: "/v1/runs/{run}/report",
      tag: "reports",
      summary: {
        en: "Targets with their verdicts, arms, budget, funnel, and why things did not happen; money in minor units",
        "zh-CN": "目标与结论、各组、预算、漏斗，以及未发生之事的原因；金额为最小货币单位",
      },
      roles: ["marketer", "ops", "sales"],
      params: ofRun,
      answer: reportAnswer,
      handle: ({ params }) => long(() => loadReport(db, params.run)),
    }),
    route({
      method: "GET",
      path: "/v1/runs/{run}/report.html",
      tag: "reports",
      summary: { en: "The same as one self-contained page with charts", "zh-CN": "同上，为带图表的单个网页" },
      roles: ["marketer", "ops", "sales"],
      params: ofRun,
      query: z.object({
        lang: z.enum(["en", "zh-CN"]).optional().meta({ description: "as Accept-Language says when left out" }),
      }),
      type: "text/html; charset=utf-8",
      async handle({ params, query, locale, reply }) {
        reply.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
        const { htmlReport } = await import("../../report/html/page.ts"); // with libraries that only charts need
        return htmlReport(await long(() => loadReport(db, params.run)), query.lang ?? locale);
      },
    }),
    route({
      method: "GET",
      path: "/v1/runs/{run}/plan",
      tag: "runs",
      summary: { en: "The plan's rows, with what became of each", "zh-CN": "计划各行及其结果" },
      roles: ["marketer", "ops", "sales", "service"],
      params: ofRun,
      answer: z.object({ items: z.array(planLine) }),
      handle: ({ params }) => loadPlanOf(db, params.run).then((items) => ({ items })),
    }),
  ];
}
