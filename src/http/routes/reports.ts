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
      summary: "Targets with their verdicts, arms, budget, funnel, and why things did not happen; money in minor units",
      roles: ["marketer", "ops", "sales"],
      params: ofRun,
      answer: reportAnswer,
      handle: ({ params }) => long(() => loadReport(db, params.run)),
    }),
    route({
      method: "GET",
      path: "/v1/runs/{run}/report.html",
      tag: "reports",
      summary: "The same as one self-contained page with charts",
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
      summary: "The plan's rows, with what became of each",
      roles: ["marketer", "ops", "sales", "service"],
      params: ofRun,
      answer: z.object({ items: z.array(planLine) }),
      handle: ({ params }) => loadPlanOf(db, params.run).then((items) => ({ items })),
    }),
  ];
}
