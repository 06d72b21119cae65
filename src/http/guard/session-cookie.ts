import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Problem } from "../problem.ts";

/** Scripts of the console send back here what signing in has answered as `csrf`. */
export const CSRF_HEADER = "x-rekindle-csrf";

/** Of a session: the cookie's token, and what changes that are asked by it have to send along. */
export interface SessionCookies {
  read(request: FastifyRequest): string | undefined;
  set(reply: FastifyReply, token: string, expiresAt: Date): void;
  clear(reply: FastifyReply): void;
}

export function sessionCookies(publicUrl: string | undefined): SessionCookies {
  const secure = publicUrl?.startsWith("https:") ?? false;
  // "__Host-" is only taken from this very host, with Secure and for all paths
  const name = secure ? "__Host-rekindle" : "rekindle";
  const rest = `; Path=/; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
  return {
    read(request) {
      const pairs = (request.headers.cookie ?? "").split(";").map((pair) => pair.trim().split("="));
      const value = pairs.find(([key]) => key === name)?.[1];
      return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
    },
    set: (reply, token, expiresAt) =>
      void reply.header("set-cookie", `${name}=${token}${rest}; Expires=${expiresAt.toUTCString()}`),
    clear: (reply) => void reply.header("set-cookie", `${name}=${rest}; Max-Age=0`),
  };
}

/** What only somebody who has the cookie's token, or was told by us, can say. */
export function csrfToken(token: string): string {
  return createHash("sha256").update(`csrf ${token}`).digest("base64url");
}

/**
 * A browser sends cookies along whoever asks. So a change has to say what another site's page cannot know.
 * @throws Problem 403
 */
export function refuseForged(request: FastifyRequest, token: string, publicUrl: string | undefined): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  refuseOtherSites(request, publicUrl);
  const sent = Buffer.from(String(request.headers[CSRF_HEADER] ?? ""));
  const wanted = Buffer.from(csrfToken(token));
  if (sent.length === wanted.length && timingSafeEqual(sent, wanted)) return;
  throw new Problem(403, "csrf", {
    en: `send the header ${CSRF_HEADER} with what GET /v1/session answers as csrf`,
    "zh-CN": `请在请求头 ${CSRF_HEADER} 中发送 GET /v1/session 返回的 csrf`,
  });
}

/** @throws Problem 403 when a browser says that another site's page asks */
export function refuseOtherSites({ headers }: FastifyRequest, publicUrl: string | undefined): void {
  const site = headers["sec-fetch-site"];
  const from = headers.origin === undefined ? headers.host : hostOf(headers.origin);
  const own = from !== undefined && [headers.host, hostOf(publicUrl)].includes(from);
  if (own && (site === undefined || site === "same-origin")) return;
  throw new Problem(403, "other-site", {
    en: "asked from a page of another site",
    "zh-CN": "请求来自其他网站的页面",
  });
}

function hostOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : undefined;
}
