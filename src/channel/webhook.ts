import { createHmac } from "node:crypto";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP } from "node:net";
import { isInside, lookupOutside } from "./address.ts";

export interface Post {
  /** by which the other side tells a repeat */
  id: string;
  url: string;
  secret: string;
  /** JSON */
  body: string;
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
 * Posts once; never throws. Redirects are not followed.
 * @param inside hosts that may be on this machine or its network, and may be spoken to without TLS
 */
export function post({ id, url, secret, body, timeoutMs }: Post, inside: readonly string[]): Promise<Posted> {
  const target = new URL(url);
  const host = target.hostname.replace(/^\[|\]$/g, "");
  const known = inside.includes(host);
  if (!known && target.protocol !== "https:") return Promise.resolve({ result: "failed", reason: "not-https" });
  if (!known && isIP(host) !== 0 && isInside(host))
    return Promise.resolve({ result: "failed", reason: "inside-address" });
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
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          "user-agent": "Rekindle",
          "webhook-id": id,
          "webhook-timestamp": String(timestamp),
          "webhook-signature": signature(secret, id, timestamp, body),
        },
      },
      (response) => {
        // the status says it all; whatever follows is not read
        response.on("error", () => undefined);
        response.destroy();
        resolve(answered(response.statusCode ?? 0, response.headers["retry-after"]));
      },
    );
    sent.on("error", (error: NodeJS.ErrnoException) => {
      const reason = signal.aborted ? "timeout" : (error.code ?? "no-connection");
      resolve({ result: reason === "inside-address" ? "failed" : "temporary", reason });
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
