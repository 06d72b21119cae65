import { z } from "zod";
import { isAble, readiness } from "../../watch/readiness.ts";
import type { Parts } from "../parts.ts";
import { type AnyRoute, route } from "../route.ts";

/**
 * /healthz: the process answers. /readyz: its parts do; without Postgres, or before it is migrated, it can do nothing
 * (503), without Redis everything still happens, only later (200, and it is named). While it stops it says so first.
 */
export function healthRoutes({ standsOn, stopping }: Pick<Parts, "standsOn" | "stopping">): AnyRoute[] {
  return [
    route({
      method: "GET",
      path: "/healthz",
      tag: "health",
      summary: { en: "The process answers", "zh-CN": "进程有应答" },
      roles: "open",
      answer: z.object({ status: z.literal("ok") }),
      handle: async () => ({ status: "ok" as const }),
    }),
    route({
      method: "GET",
      path: "/readyz",
      tag: "health",
      summary: {
        en: "The parts behind it answer; 503 and their names when it can do nothing without them, or is stopping",
        "zh-CN": "所依赖的组件有应答；缺了便无法工作或正在停止时返回 503 与组件名",
      },
      roles: "open",
      answer: z.object({
        status: z.enum(["ready", "degraded", "unavailable", "stopping"]),
        missing: z.array(z.string()),
      }),
      async handle({ reply }) {
        const found = await readiness(standsOn, stopping());
        reply.code(isAble(found) ? 200 : 503);
        return found;
      },
    }),
  ];
}
