import { z } from "zod";
import { verifyLog } from "../../operate/access/audit.ts";
import { listActs } from "../../store/audit-log.ts";
import { listOf, listQuery, onePast, pageAsked, pageOf } from "../cursor.ts";
import type { Parts } from "../parts.ts";
import { type AnyRoute, route } from "../route.ts";
import { time } from "../schema.ts";

const shown = z.object({
  nr: z.number().int(),
  at: time.meta({ description: "by the database's clock" }),
  wall: time,
  who: z.string(),
  kind: z.enum(["key", "session", "command", "nobody"]),
  role: z.string().nullable(),
  door: z.enum(["api", "cli"]),
  action: z.string(),
  target: z.looseObject({}),
  outcome: z
    .enum(["done", "refused", "failed", "denied"])
    .nullable()
    .meta({ description: "null: still under way, or cut off by a crash" }),
  request: z.string().nullable(),
});

/** docs/security.md describes them. */
export function auditRoutes({ db }: Pick<Parts, "db">): AnyRoute[] {
  return [
    route({
      method: "GET",
      path: "/v1/audit",
      tag: "audit",
      summary: {
        en: "Who changed what, or took data out, newest first",
        "zh-CN": "谁改了什么、导出了什么，最新的在前",
      },
      roles: ["ops"],
      query: listQuery.extend({
        who: z.string().max(100).optional(),
        action: z.string().max(200).optional(),
        since: time.optional(),
      }),
      answer: listOf(shown),
      async handle({ query: { who, action, since, ...query } }) {
        const page = pageAsked(query, z.number().int());
        const acts = await listActs(db, {
          ...onePast(page),
          ...(who !== undefined && { who }),
          ...(action !== undefined && { action }),
          ...(since !== undefined && { since: new Date(since) }),
        });
        return pageOf(acts, page, (act) => act.nr);
      },
    }),
    route({
      method: "GET",
      path: "/v1/audit/verification",
      tag: "audit",
      summary: {
        en: "Works out the log's chain of hashes anew: an entry that was changed or is missing shows",
        "zh-CN": "重新计算日志的哈希链：被改动或缺失的条目会显现",
      },
      roles: ["ops"],
      query: z.object({
        against: z.string().max(100).optional().meta({ description: "end of an earlier one, NR:HASH" }),
      }),
      answer: z.object({
        intact: z.boolean(),
        entries: z.number().int(),
        end: z.object({ nr: z.number().int(), hash: z.string() }),
        broken: z.number().int().nullable().meta({ description: "first entry that is not what it was" }),
      }),
      handle: ({ query }) => verifyLog(db, query.against),
    }),
  ];
}
