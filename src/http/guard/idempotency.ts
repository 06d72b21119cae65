import { randomUUID } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Holder } from "../../store/api-key.ts";
import type { Database, Tx } from "../../store/database.ts";
import { hashOf } from "../../store/document.ts";
import { type Claim, claimKey, releaseKey, renewKey, settleKey } from "../../store/idempotency.ts";
import { Problem } from "../problem.ts";

/**
 * Keeps the answer together with what was done: call it in the transaction of the change, so that one cannot be without
 * the other whatever crashes. Does nothing for a request that came without a key.
 */
export type Keep = (tx: Tx, answer: unknown) => Promise<void>;

export interface Asked {
  request: FastifyRequest;
  reply: FastifyReply;
  holder: Holder;
}

/** Which routes do what they are asked once. */
export function heedsKey({ method, roles, once }: { method: string; roles: unknown; once?: false }): boolean {
  return method === "POST" && roles !== "open" && once !== false;
}

/** Half of a lease may pass unrenewed. */
const RENEW_MS = 10_000;
const FORM = /^[\x20-\x7e]{1,255}$/;

const FORGET: Keep = async () => undefined;

/**
 * Does the work of a request that carries `Idempotency-Key`, where it is heeded, once: whoever sends it again within 24 hours gets the answer
 * of the first time. What was refused is not kept, since nothing was done.
 * @throws Problem 409 while the first is under way, 422 when the key came with another request before
 */
export async function performOnce(
  db: Database,
  heeded: boolean,
  { request, reply, holder }: Asked,
  work: (keep: Keep) => Promise<unknown>,
): Promise<unknown> {
  const key = request.headers["idempotency-key"];
  if (key === undefined || !heeded || isStream(request.body)) return work(FORGET);
  const claim = claimOf(request, holder, key);
  const found = await claimKey(db, claim);
  if (found === "other") throw new Problem(422, "key-reused", REUSED);
  if (found === "busy") {
    reply.header("retry-after", "1");
    throw new Problem(409, "under-way", UNDER_WAY);
  }
  if (found !== "ours") {
    reply.code(found.status).header("idempotency-replayed", "true");
    return found.answer;
  }
  const renewing = setInterval(() => void renewKey(db, claim).catch(() => undefined), RENEW_MS);
  try {
    let kept = false;
    const answer = await work(async (tx, done) => {
      await keepAnswer(tx, claim, reply.statusCode, done);
      kept = true;
    });
    if (!kept) await keepAnswer(db, claim, reply.statusCode, answer);
    return answer;
  } catch (failure) {
    // leaves alone what was kept by a transaction that has come through although we never heard of it
    await releaseKey(db, claim).catch(() => undefined);
    throw failure;
  } finally {
    clearInterval(renewing);
  }
}

async function keepAnswer(db: Database | Tx, claim: Claim, status: number, answer: unknown): Promise<void> {
  if (!(await settleKey(db, claim, { status, answer }))) throw new Problem(409, "under-way", UNDER_WAY);
}

function claimOf({ headers: _, method, url, body }: FastifyRequest, { kind, name }: Holder, key: unknown): Claim {
  if (typeof key !== "string" || !FORM.test(key)) {
    throw new Problem(400, "key-form", {
      en: "Idempotency-Key is 1 to 255 ASCII characters",
      "zh-CN": "Idempotency-Key 须为 1 至 255 个 ASCII 字符",
    });
  }
  return { holder: `${kind} ${name}`, key, request: requestHash([method, url, body ?? null]), claim: randomUUID() };
}

/** Files are not read twice to be compared. */
function isStream(body: unknown): boolean {
  return typeof (body as { pipe?: unknown } | undefined | null)?.pipe === "function";
}

function requestHash(request: unknown): string {
  try {
    return hashOf(request);
  } catch (failure) {
    if (!(failure instanceof RangeError)) throw failure;
    throw new Problem(400, "depth", { en: "the body is nested too deeply", "zh-CN": "请求体嵌套过深" });
  }
}

const REUSED = {
  en: "this Idempotency-Key came with another request before; choose a new one",
  "zh-CN": "该 Idempotency-Key 已用于另一请求，请换一个",
};
const UNDER_WAY = {
  en: "the same request is under way; ask again for its answer",
  "zh-CN": "相同请求正在处理，请稍后重试以获取结果",
};
