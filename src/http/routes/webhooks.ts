import { z } from "zod";
import { CALL_STATUSES, pageOfCalls } from "../../operate/webhook-call.ts";
import { findRun } from "../../report/find-run.ts";
import { listOf, listQuery, pageAsked, partOf } from "../cursor.ts";
import type { Parts } from "../parts.ts";
import { type AnyRoute, route } from "../route.ts";
import { moment, name, time } from "../schema.ts";

const place = z.object({ created: moment, id: name });
const call = z
  .object({
    id: z.string().meta({ description: "the webhook-id by which the other side tells a repeat" }),
    customerId: z.string(),
    run: z.string(),
    step: z.string(),
    occurrence: z.number().int(),
    hook: z.string().meta({ description: "name in rules/webhooks" }),
    status: z.enum(CALL_STATUSES),
    reason: z.string().nullable(),
    httpStatus: z.number().int().nullable(),
    attempts: z.number().int(),
    created: time,
    validUntil: time,
    done: time.nullable(),
  })
  .meta({ id: "WebhookCall" });

export function webhookRoutes({ db }: Pick<Parts, "db">): AnyRoute[] {
  return [
    route({
      method: "GET",
      path: "/v1/webhook-calls",
      tag: "webhooks",
      summary: {
        en: "Calls of other systems by webhook steps and what became of them, the latest first",
        "zh-CN": "webhook 步骤对其他系统的调用及结果，最近的在前",
      },
      roles: ["marketer", "ops", "backend"],
      query: listQuery.extend({
        run: name.optional().meta({ description: "a run, or a campaign for its latest" }),
        status: z.enum(CALL_STATUSES).optional(),
      }),
      answer: listOf(call),
      async handle({ query: { run, status = null, ...query } }) {
        const filter = { run: run === undefined ? null : await findRun(db, run), status };
        return partOf(await pageOfCalls(db, filter, pageAsked(query, place)));
      },
    }),
  ];
}
