import { createHmac, timingSafeEqual } from "node:crypto";

/** What a link in a message stands for. Ids only: a forwarded mail must not tell who somebody is. */
export interface LinkPayload {
  /** kind */
  k: "check-in" | "survey" | "rsvp" | "unsubscribe" | "click" | "open" | "preferences";
  /** message id */
  m: string;
  /** enrolment id */
  e?: number;
  /** customer's internal id */
  c: number;
  /** the marketer's step id: of the challenge for check-in, of the survey for survey, of the rsvp for rsvp */
  s?: string;
  /** day of the challenge, from 1 */
  d?: number;
  /** of an rsvp: the answer that the link stands for */
  a?: "yes" | "no" | "maybe";
}

export type VerifiedLink = { ok: true; payload: LinkPayload } | { ok: false; reason: "forged" | "expired" };

/** Token "payload.signature", both base64url; HMAC-SHA256. `expiresAtMs` is time of the database's clock. */
export function signLink(secret: string, payload: LinkPayload, expiresAtMs: number): string {
  const body = Buffer.from(JSON.stringify({ ...payload, x: Math.ceil(expiresAtMs / 1000) })).toString("base64url");
  return `${body}.${signature(secret, body).toString("base64url")}`;
}

/** `nowMs` is time of the database's clock. Anything that we did not sign ourselves is "forged". */
export function verifyLink(secret: string, token: string, nowMs: number): VerifiedLink {
  const [body, mac, more] = token.split(".");
  if (!body || !mac || more !== undefined) return { ok: false, reason: "forged" };
  const expected = signature(secret, body);
  const given = Buffer.from(mac, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { ok: false, reason: "forged" };
  const { x, ...payload } = JSON.parse(Buffer.from(body, "base64url").toString()) as LinkPayload & { x: number };
  if (!isStorable(payload)) return { ok: false, reason: "forged" };
  return x * 1000 < nowMs ? { ok: false, reason: "expired" } : { ok: true, payload };
}

/** Links are asked about in the database; what it cannot hold is in none that we send. */
function isStorable({ m, e, c, s }: LinkPayload): boolean {
  const whole = [c, e ?? 0].every((id) => Number.isSafeInteger(id));
  return whole && [m, s ?? ""].every((text) => typeof text === "string" && !text.includes("\0"));
}

export function linkUrl(publicUrl: string, token: string): string {
  return `${publicUrl.replace(/\/$/, "")}/l/${token}`;
}

function signature(secret: string, body: string): Buffer {
  // the prefix keeps these signatures apart from whatever else the secret may sign one day
  return createHmac("sha256", secret).update("link\0").update(body).digest();
}
