import { createHmac } from "node:crypto";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP } from "node:net";
import { isInside, lookupOutside } from "./address.ts";

export interface Post {
  /** by which the other side tells a repeat */
  id: string;
  url: string;
  /** several: signed with each, so that the other side may know the old one or the new one */
  secret: string | readonly string[];
  /** JSON */
  body: string;
  /** application/json when left out */
  type?: string;
  timeoutMs: number;
}

export interface Posted {
  /**
   * - accepted: a 2xx
   * - failed: an answer that another try would not change
   * - temporary: no answer, or one that says so (408, 425, 429, 5xx); try later
   */
  result: "accepted" | "failed" | "temporary";
  /** HTTP status; absent when there was no answer */
  status?: number;
  /** "http-503", "timeout", "ECONNREFUSED", "inside-address" */
  reason: string;
  /** what Retry-After asks for */
  retryMs?: number;
}

/** Signs as Standard Webhooks has it: HMAC-SHA256 over "id.timestamp.body". A secret with whsec_ is base64 after it. */
export function signature(secret: string, id: string, timestamp: number, body: string): string {
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret);
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}

/**
 * Why an address may not be posted to, as far as it says so itself.
 * @param inside hosts that may be on this machine or its network, and may be spoken to without TLS
 */
export function objection(target: URL, inside: readonly string[]): "not-https" | "inside-address" | undefined {
  const host = hostOf(target);
  if (inside.includes(host) && /^https?:$/.test(target.protocol)) return undefined;
  if (target.protocol !== "https:") return "not-https";
  return isIP(host) !== 0 && isInside(host) ? "inside-address" : undefined;
}

function hostOf(target: URL): string {
  return target.hostname.replace(/^\[|\]$/g, "");
}

/**
 * Posts once; never throws. Redirects are not followed.
 * @param inside as for `objection`
 */
export async function post(one: Post, inside: readonly string[]): Promise<Posted> {
  const target = new URL(one.url);
  const refused = objection(target, inside);
  if (refused) return { result: "failed", reason: refused };
  const known = inside.includes(hostOf(target));
  // a connection that the other side closed in the very moment: what was posted was not read
  return (await attempt(one, target, known)) ?? (await attempt(one, target, known)) ?? LOST;
}

const LOST: Posted = { result: "temporary", reason: "ECONNRESET" };
/** Of an answer's body: read to keep the connection for the next post, and dropped. */
const MOST_ANSWER = 64 * 1024;

/** @returns undefined when a kept connection turned out to be closed */
function attempt(
  { id, secret, body, timeoutMs, type = "application/json" }: Post,
  target: URL,
  known: boolean,
): Promise<Posted | undefined> {
  const timestamp = Math.floor(Date.now() / 1000);
  const request = target.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const sent = request(
      target,
      {
        method: "POST",
        signal,
        ...(!known && { lookup: lookupOutside }),
        headers: {
          "content-type": type,
          "content-length": Buffer.byteLength(body),
          "user-agent": "Rekindle",
          "webhook-id": id,
          "webhook-timestamp": String(timestamp),
          "webhook-signature": [secret]
            .flat()
            .map((each) => signature(each, id, timestamp, body))
            .join(" "),
        },
      },
      (response) => {
        // the status says it all
        response.on("error", () => undefined);
        let length = 0;
        response.on("data", (chunk: Buffer) => {
          length += chunk.length;
          if (length > MOST_ANSWER) response.destroy();
        });
        resolve(answered(response.statusCode ?? 0, response.headers["retry-after"]));
      },
    );
    sent.on("error", (error: NodeJS.ErrnoException) => {
      const reason = signal.aborted ? "timeout" : (error.code ?? "no-connection");
      if (sent.reusedSocket && /^(ECONNRESET|EPIPE)$/.test(reason)) return resolve(undefined);
      return resolve({ result: reason === "inside-address" ? "failed" : "temporary", reason });
    });
    sent.end(body);
  });
}

const LONGEST_WAIT_MS = 3_600_000;

function answered(status: number, retryAfter: string | undefined): Posted {
  const reason = `http-${status}`;
  if (status >= 200 && status < 300) return { result: "accepted", status, reason };
  const later = status >= 500 || [408, 425, 429].includes(status);
  const seconds = Number(retryAfter);
  return {
    result: later ? "temporary" : "failed",
    status,
    reason,
    ...(later && seconds > 0 && { retryMs: Math.min(seconds * 1000, LONGEST_WAIT_MS) }),
  };
}
