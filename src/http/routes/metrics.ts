import type { FastifyRequest } from "fastify";
import { mayRead, METRICS_TYPE } from "../../watch/door.ts";
import type { Parts } from "../parts.ts";
import { Problem } from "../problem.ts";
import { type AnyRoute, route } from "../route.ts";

/**
 * /metrics holds no personal data and no names of customers. It is open while the server is reachable from this machine
 * only; otherwise it wants METRICS_TOKEN, and without one there is nothing to be had.
 */
export function metricsRoutes({
  config,
  metrics,
  reachable,
}: Pick<Parts, "config" | "metrics" | "reachable">): AnyRoute[] {
  return [
    route({
      method: "GET",
      path: "/metrics",
      tag: "health",
      summary: "What this process counts, for Prometheus; with METRICS_TOKEN where it can be asked from elsewhere",
      roles: "open",
      type: METRICS_TYPE,
      async handle({ request }) {
        if (reachable === "elsewhere" && !allowed(request)) {
          throw new Problem(401, "metrics", {
            en: "send METRICS_TOKEN: Authorization: Bearer …",
            "zh-CN": "请提供 METRICS_TOKEN：Authorization: Bearer …",
          });
        }
        return metrics();
      },
    }),
  ];

  function allowed({ headers }: FastifyRequest): boolean {
    return config.metricsToken !== undefined && mayRead(config.metricsToken, headers.authorization);
  }
}
