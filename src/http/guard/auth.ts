import type { FastifyRequest } from "fastify";
import { holderOfKey, type Holder, type Role } from "../../store/api-key.ts";
import type { Database } from "../../store/database.ts";
import { holderOfSession } from "../../store/session.ts";
import { Problem } from "../problem.ts";
import { refuseForged, sessionCookies } from "./session-cookie.ts";

/** A revoked key works at most this much longer. */
const KEPT_MS = 5_000;
const KEPT_MOST = 1_000;

const holders = new WeakMap<FastifyRequest, Holder>();

/** Who made a request that the hook has let through. */
export function holderOf(request: FastifyRequest): Holder {
  return holders.get(request)!;
}

/**
 * A hook that lets only holders of these roles through: by key, or by the cookie of a session. Keys are looked up once in
 * a while, not on every request; sessions each time.
 */
export function openAuth(
  db: Database,
  publicUrl?: string,
): (roles: readonly Role[], publicKeys?: boolean, writeKey?: boolean) => (request: FastifyRequest) => Promise<void> {
  const cookies = sessionCookies(publicUrl);
  const kept = new Map<string, { until: number; holder: Promise<Holder | undefined> }>();

  function find(key: string): Promise<Holder | undefined> {
    const found = kept.get(key);
    if (found && found.until > Date.now()) return found.holder;
    if (kept.size >= KEPT_MOST) kept.clear();
    const holder = holderOfKey(db, key);
    holder.catch(() => kept.delete(key));
    kept.set(key, { until: Date.now() + KEPT_MS, holder });
    return holder;
  }

  async function ask(request: FastifyRequest, writeKey: boolean): Promise<Holder | undefined> {
    const { authorization } = request.headers;
    const key = authorization === undefined && writeKey ? keyIn(request.body) : keyOf(authorization);
    if (key !== undefined) return find(key);
    const token = authorization === undefined ? cookies.read(request) : undefined;
    const session = token === undefined ? undefined : await holderOfSession(db, token);
    if (session) refuseForged(request, token!, publicUrl);
    return session?.holder;
  }

  return (roles, publicKeys = false, writeKey = false) =>
    async (request) => {
      const holder = await ask(request, writeKey);
      if (!holder) {
        throw new Problem(401, "key", {
          en: "send a valid key: Authorization: Bearer rk_… (rekindle key create)",
          "zh-CN": "请提供有效密钥：Authorization: Bearer rk_…（rekindle key create）",
        });
      }
      holders.set(request, holder);
      if (holder.public && !publicKeys) {
        throw new Problem(403, "public-key", {
          en: "a public key may only post events",
          "zh-CN": "公开密钥只能提交事件",
        });
      }
      const { role } = holder;
      if (role === "admin" || roles.includes(role)) return;
      throw new Problem(403, "role", {
        en: `role ${role} may not do that`,
        "zh-CN": `角色 ${role} 无此权限`,
      });
    };
}

const KEY = /^[rp]k_[\w-]{10,100}$/;

/** "Bearer KEY", or a user name without password as the tracking API's clients send it. */
export function keyOf(authorization = ""): string | undefined {
  const [scheme = "", sent = ""] = authorization.split(" ");
  const key = /^basic$/i.test(scheme) ? Buffer.from(sent, "base64").toString("latin1").split(":")[0]! : sent;
  return /^(bearer|basic)$/i.test(scheme) && KEY.test(key) ? key : undefined;
}

/** Where a client of the tracking API cannot set headers, its key is in the body. */
function keyIn(body: unknown): string | undefined {
  const key = typeof body === "object" && body !== null && "writeKey" in body ? body.writeKey : undefined;
  return typeof key === "string" && KEY.test(key) ? key : undefined;
}
