import type { FastifyInstance } from "fastify";
import { sql } from "kysely";
import type { Redis } from "ioredis";
import type { Database } from "../store/database.ts";

const PATIENCE_MS = 2_000;

/**
 * /healthz: the process answers. /readyz: its parts do; without Postgres it can do nothing (503), without Redis
 * everything still happens, only later (200, and it is named).
 */
export function healthRoutes(app: FastifyInstance, parts: { db: Database; redis: Redis }): void {
  app.get("/healthz", async () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    const [postgres, redis] = await Promise.all([
      answers(sql`select 1 from clock`.execute(parts.db)),
      answers(parts.redis.status === "ready" ? parts.redis.ping() : Promise.reject(new Error(parts.redis.status))),
    ]);
    const missing = [...(postgres ? [] : ["postgres"]), ...(redis ? [] : ["redis"])];
    const status = missing.length === 0 ? "ready" : postgres ? "degraded" : "unavailable";
    return reply.code(postgres ? 200 : 503).send({ status, missing });
  });
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
