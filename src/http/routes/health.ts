import { sql } from "kysely";
import { z } from "zod";
import type { Parts } from "../parts.ts";
import { type AnyRoute, route } from "../route.ts";

const PATIENCE_MS = 2_000;

/**
 * /healthz: the process answers. /readyz: its parts do; without Postgres it can do nothing (503), without Redis
 * everything still happens, only later (200, and it is named).
 */
export function healthRoutes({ db, redis }: Pick<Parts, "db" | "redis">): AnyRoute[] {
  return [
    route({
      method: "GET",
      path: "/healthz",
      tag: "health",
      summary: "The process answers",
      roles: "open",
      answer: z.object({ status: z.literal("ok") }),
      handle: async () => ({ status: "ok" as const }),
    }),
    route({
      method: "GET",
      path: "/readyz",
      tag: "health",
      summary: "The parts behind it answer; 503 and their names when it can do nothing without them",
      roles: "open",
      answer: z.object({ status: z.enum(["ready", "degraded", "unavailable"]), missing: z.array(z.string()) }),
      async handle({ reply }) {
        const [postgres, valkey] = await Promise.all([
          answers(sql`select 1 from clock`.execute(db)),
          answers(redis.status === "ready" ? redis.ping() : Promise.reject(new Error(redis.status))),
        ]);
        const missing = [...(postgres ? [] : ["postgres"]), ...(valkey ? [] : ["redis"])];
        const status = missing.length === 0 ? "ready" : postgres ? "degraded" : "unavailable";
        reply.code(postgres ? 200 : 503);
        return { status, missing };
      },
    }),
  ];
}

async function answers(work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS, false)));
  const done = work.then(
    () => true,
    () => false,
  );
  const answered = await Promise.race([done, late]);
  clearTimeout(timer);
  return answered;
}
