import type { FastifyRequest } from "fastify";
import { holderOfKey } from "../../store/api-key.ts";
import { mayRead, METRICS_TYPE } from "../../watch/door.ts";
import { keyOf } from "../guard/auth.ts";
import type { Parts } from "../parts.ts";
import { Problem } from "../problem.ts";
import { type AnyRoute, route } from "../route.ts";

/**
 * /metrics holds no personal data and no names of customers. It is open while the server is reachable from this machine
 * only; otherwise it wants METRICS_TOKEN, or the key of somebody who may look after it.
 */
export function metricsRoutes({
  db,
  config,
  metrics,
  reachable,
}: Pick<Parts, "db" | "config" | "metrics" | "reachable">): AnyRoute[] {
  return [
    route({
      method: "GET",
      path: "/metrics",
      tag: "health",
      summary: {
        en: "What this process counts, for Prometheus; where it can be asked from elsewhere, with METRICS_TOKEN or a key (ops, admin)",
        "zh-CN": "本进程的指标（Prometheus）；可从外部访问时须有 METRICS_TOKEN 或密钥（ops、admin）",
      },
      roles: "open",
      type: METRICS_TYPE,
      async handle({ request }) {
        if (reachable === "elsewhere" && !(await allowed(request))) {
          throw new Problem(401, "metrics", {
            en: "send METRICS_TOKEN or a key with role ops: Authorization: Bearer …",
            "zh-CN": "请提供 METRICS_TOKEN 或角色为 ops 的密钥：Authorization: Bearer …",
          });
        }
        return metrics();
      },
    }),
  ];

  async function allowed({ headers: { authorization } }: FastifyRequest): Promise<boolean> {
    if (config.metricsToken !== undefined && mayRead(config.metricsToken, authorization)) return true;
    const key = keyOf(authorization);
    const holder = key === undefined ? undefined : await holderOfKey(db, key);
    return holder?.role === "ops" || holder?.role === "admin";
  }
}
