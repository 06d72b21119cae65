import { z } from "zod";
import type { Text } from "../../campaign/program.ts";
import { recordBudget } from "../../operate/run/budget.ts";
import { drainRun } from "../../operate/run/drain.ts";
import { pauseRun, resumeRun, stopRun } from "../../operate/run/pause.ts";
import { findRun } from "../../report/find-run.ts";
import { listRuns, loadStatus } from "../../report/status.ts";
import { RUN_STATUSES } from "../../store/run.ts";
import { drained, moved, runLine, runStatus } from "../answer/run.ts";
import { listOf, listQuery, pageAsked, pageOf } from "../cursor.ts";
import type { Parts } from "../parts.ts";
import { type AnyRoute, route } from "../route.ts";

export const ofRun = z.object({
  run: z.string().meta({ description: "run (winback-30-1), or a campaign for its latest run" }),
});
const minor = z.number().int().meta({ description: "minor units" });

/** Runs by day: where they stand, and the hand on the switch. docs/api.md describes them. */
export function runRoutes({ db, wake }: Parts): AnyRoute[] {
  /** Does something to a run at once, whatever long work is under way, and wakes whoever has to hear of it. */
  const moving = <A>(
    path: string,
    roles: readonly ("ops" | "marketer")[],
    summary: Text,
    answer: z.ZodType<A>,
    move: (run: string) => Promise<A>,
  ) =>
    route({
      method: "POST",
      path: `/v1/runs/{run}/${path}`,
      tag: "runs",
      summary,
      roles,
      params: ofRun,
      answer,
      async handle({ params, note }) {
        const run = await findRun(db, params.run);
        note({ run });
        const done = await move(run);
        wake("dispatch");
        // messages that stood still, or make way
        wake("deliver");
        return done;
      },
    });

  return [
    route({
      method: "GET",
      path: "/v1/runs",
      tag: "runs",
      summary: { en: "Runs, latest first", "zh-CN": "运行，最近的在前" },
      roles: ["marketer", "ops", "sales", "service"],
      query: listQuery.extend({ campaign: z.string().optional(), status: z.enum(RUN_STATUSES).optional() }),
      answer: listOf(runLine),
      async handle({ query: { campaign, status, ...query } }) {
        const page = pageAsked(query, z.tuple([z.iso.datetime(), z.string()]));
        const rows = await listRuns(db, {
          limit: page.limit + 1,
          ...(campaign !== undefined && { campaign }),
          ...(status && { status }),
          ...(page.after && { after: { launchedAt: page.after[0], run: page.after[1] } }),
        });
        return pageOf(rows, page, (row) => [row.launchedAt, row.run]);
      },
    }),
    route({
      method: "GET",
      path: "/v1/runs/{run}",
      tag: "runs",
      summary: {
        en: "Where a run stands now: live members by step, messages, tasks, backlog",
        "zh-CN": "运行现状：各步骤的在途成员、消息、任务、积压",
      },
      roles: ["marketer", "ops", "sales", "service"],
      params: ofRun,
      answer: runStatus,
      handle: ({ params }) => loadStatus(db, params.run),
    }),
    moving(
      "pause",
      ["ops", "marketer"],
      {
        en: "Stands still: nothing more is decided or sent until it is resumed",
        "zh-CN": "暂停：恢复之前不再决定或发送任何内容",
      },
      moved,
      async (run) => {
        await pauseRun(db, run);
        return { run, status: "paused" as const };
      },
    ),
    moving(
      "resume",
      ["ops", "marketer"],
      { en: "Goes on after a pause", "zh-CN": "暂停后继续" },
      moved,
      async (run) => {
        await resumeRun(db, run);
        return { run, status: "running" as const };
      },
    ),
    moving(
      "drain",
      ["ops", "marketer"],
      { en: "Lets nobody in any more; those inside finish", "zh-CN": "不再让人进入；已在其中的走完" },
      drained,
      (run) => drainRun(db, run),
    ),
    moving(
      "stop",
      ["ops"],
      { en: "Ends a run for good; what has not left is withheld", "zh-CN": "彻底结束运行；尚未发出的不再发送" },
      moved,
      async (run) => {
        await stopRun(db, run);
        return { run, status: "stopped" as const };
      },
    ),
    route({
      method: "POST",
      path: "/v1/runs/{run}/budget/{line}",
      tag: "budget",
      summary: { en: "Books what was really spent on a line of a run's budget", "zh-CN": "记录预算科目的实际支出" },
      roles: ["ops", "marketer"],
      params: ofRun.extend({ line: z.string() }),
      body: z.strictObject({
        amount: z
          .string()
          .max(40)
          .meta({ description: 'major units: "1234.50"; a negative amount corrects an earlier record' }),
        note: z.string().max(1_000).optional().meta({ description: "what it was for" }),
      }),
      status: 201,
      answer: z.object({
        ...{ run: z.string(), line: z.string(), currency: z.string() },
        ...{ amount: minor, planned: minor, actual: minor, left: minor },
      }),
      handle: ({ params, body, keep }) => recordBudget(db, params.run, params.line, body.amount, body.note, keep),
    }),
  ];
}
