import type { InjectOptions } from "fastify";
import { type LinkPayload, signLink } from "../../../src/template/link.ts";
import { SECRET } from "../../http/serving.ts";
import type { Json, Nasty } from "./nasty.ts";

export type Request = InjectOptions & { method: string; url: string; headers: Record<string, string> };

/** An operation of /openapi.json. */
export interface Operation {
  method: string;
  /** "/v1/runs/{run}" */
  path: string;
  queries: string[];
}

const TYPES = [
  "application/json",
  "application/cloudevents+json",
  "application/cloudevents-batch+json",
  "application/json; charset=utf-8",
];
const ODD_TYPES = [
  ...TYPES,
  "text/plain",
  "",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "*/*",
  ";",
  "x",
];
const EVENT_TYPES = [
  "order.paid",
  "order.refunded",
  "check_in",
  "cart.updated",
  "survey.answered",
  "complaint.opened",
  "consent.changed",
  "visit",
  "x",
];

/** A CloudEvent with everything that acts, before it is spoiled. */
function event(nasty: Nasty, id: string): { [name: string]: Json } {
  return {
    ...{ specversion: "1.0", id, source: "/fuzz", type: nasty.pick(EVENT_TYPES), subject: `c${nasty.int(1, 300)}` },
    time: "2026-04-01T10:00:00+08:00",
    data: {
      ...{ order_id: `o${nasty.int(1, 2_000)}`, amount: 12.5, currency: "CNY", enrolment: 1, step: "days", day: 1 },
      ...{ items: [{ sku: "tea-1", qty: 2, price: 5, category: "tea" }], answers: { score: 5 } },
      ...{ complaint_id: "k1", severity: "high", channel: "email", granted: true, topic: "promotion" },
    },
  };
}

let events = 0;
/** POST /v1/events in one of its three ways, or in none. */
export function eventRequest(nasty: Nasty): Request {
  const headers: Record<string, string> = {
    "content-type": nasty.chance(10) ? nasty.pick(ODD_TYPES) : nasty.pick(TYPES),
  };
  if (nasty.chance(15)) headers["accept-language"] = nasty.pick(["zh", "en;q=0.1,*", "\u00ff"]);
  const id = () => (nasty.chance(20) ? "same" : `e${++events}`);
  const one = () => (nasty.chance(8) ? event(nasty, id()) : nasty.spoiled(event(nasty, id())));
  const url = nasty.chance(10) ? `/v1/events?${query(nasty, ["dryRun"])}` : "/v1/events";
  let json: Json;
  switch (nasty.int(0, 5)) {
    case 0:
      headers["content-type"] = TYPES[2]!;
      json = Array.from({ length: nasty.int(0, 5) }, one);
      break;
    case 1:
      for (const name of ["specversion", "id", "source", "type", "subject", "time"]) {
        if (!nasty.chance(6)) headers[`ce-${name}`] = headerText(name === "specversion" ? "1.0" : nasty.string());
      }
      json = nasty.chance(2) ? nasty.object() : nasty.json();
      break;
    case 2:
      json = nasty.json(6);
      break;
    default:
      json = one();
  }
  const payload = nasty.chance(25) ? nasty.noise(300) : nasty.bytes(nasty.written(json));
  return { method: "POST", url, headers, payload };
}

const KINDS: LinkPayload["k"][] = ["check-in", "survey", "rsvp", "unsubscribe", "click", "open", "preferences"];

/** GET or POST /l/…: made up, spoiled, or signed by us for what there is not. */
export function linkRequest(nasty: Nasty): Request {
  const payload = {
    ...{ k: nasty.pick(KINDS), m: nasty.chance(2) ? "m1" : nasty.string(), c: nasty.int(0, 400) },
    ...(nasty.chance(2) && { e: nasty.int(0, 9) }),
    ...(nasty.chance(2) && { s: nasty.string(), d: nasty.int(-5, 40) }),
    ...(nasty.chance(4) && { a: "yes" as const }),
  };
  const signed = signLink(SECRET, payload, Date.now() + (nasty.chance(4) ? -1 : 1) * 86_400_000);
  const token = nasty.chance(2) ? signed : nasty.bytes(signed).toString("latin1");
  const url = `/l/${nasty.chance(6) ? encodeURIComponent(wellFormed(nasty.string())) : encodeURI(wellFormed(token))}`;
  if (nasty.chance(2)) return { method: "GET", url, headers: {} };
  const headers = { "content-type": nasty.pick([...ODD_TYPES, "application/x-www-form-urlencoded"]) };
  const form = new URLSearchParams(
    Object.entries(nasty.object(1)).map(([name, value]): [string, string] => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
  return {
    method: "POST",
    url,
    headers,
    payload: nasty.bytes(`${form.toString()}&score=5&List-Unsubscribe=One-Click`),
  };
}

/** Any address of the API with anything in its place, its query and its body. */
export function apiRequest(nasty: Nasty, { method, path, queries }: Operation, bodies: Json[]): Request {
  const place = path.replaceAll(/\{\w+\}/g, () => {
    return nasty.chance(3)
      ? nasty.pick(["1", "c1", "x", "winback-30", "latest"])
      : encodeURIComponent(wellFormed(nasty.string()));
  });
  const url = nasty.chance(3) ? `${place}?${query(nasty, queries)}` : place;
  const headers: Record<string, string> = {};
  if (nasty.chance(8)) headers["if-match"] = headerText(nasty.string());
  if (nasty.chance(8)) headers["idempotency-key"] = headerText(nasty.string());
  if (method === "GET") return { method, url, headers };
  headers["content-type"] = nasty.chance(10) ? nasty.pick(ODD_TYPES) : "application/json";
  const json = nasty.chance(2) ? nasty.spoiled(nasty.pick(bodies)) : nasty.json();
  return { method, url, headers, payload: nasty.bytes(nasty.written(json)) };
}

/** Not quite HTTP, for a connection of its own. */
export function brokenRequest(nasty: Nasty, key: string): Buffer {
  const line = nasty.pick([
    "GET /healthz HTTP/1.1",
    "POST /v1/events HTTP/1.1",
    "POST /v1/events HTTP/9.9",
    "GET  /healthz",
    "\u0000\u0001\u0002",
    `GET /${"a".repeat(nasty.pick([10, 9_000, 20_000]))} HTTP/1.1`,
    "OPTIONS * HTTP/1.1",
    "CONNECT x:1 HTTP/1.1",
    "PRI * HTTP/2.0",
  ]);
  const headers = [
    nasty.pick(["host: x", "host: x\r\nhost: y", "", `x: ${"b".repeat(nasty.pick([10, 17_000]))}`]),
    nasty.pick([
      "content-length: 5",
      "content-length: -1",
      "content-length: 5\r\ncontent-length: 6",
      "content-length: 99999999999",
      "",
    ]),
    nasty.pick([
      "transfer-encoding: chunked",
      "transfer-encoding: chunked, x",
      "expect: 100-continue",
      "upgrade: h2c",
      "",
    ]),
    nasty.pick([
      `authorization: Bearer ${key}`,
      `authorization: ${"Basic ".repeat(50)}`,
      "authorization: Basic \u00ff",
      "",
    ]),
    ...(nasty.chance(10) ? Array.from({ length: 150 }, (_, i) => `h${i}: 1`) : []),
    nasty.pick(["content-type: application/json", "bad header line", "connection: close", ""]),
  ].filter(Boolean);
  const body = nasty.pick(["hello", "5\r\nhello\r\n0\r\n\r\n", "zz\r\n", '{"a":1}', ""]);
  return nasty.bytes(`${[line, ...headers].join("\r\n")}\r\n\r\n${body}`);
}

function query(nasty: Nasty, names: string[]): string {
  const pairs = Array.from({ length: nasty.int(1, 4) }, () => {
    const name = names.length > 0 && !nasty.chance(5) ? nasty.pick(names) : nasty.string();
    const cursor = Buffer.from(JSON.stringify(nasty.json(2)));
    const value = nasty.chance(3) ? cursor.toString("base64url") : nasty.string();
    return `${encodeURIComponent(wellFormed(name))}=${encodeURIComponent(wellFormed(value))}`;
  });
  return nasty.chance(10) ? `${pairs.join("&")}&%zz=%&[]` : pairs.join("&");
}

/** What may stand in a header at all. */
function headerText(text: string): string {
  return text.replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/g, "?").slice(0, 2_000);
}

/** Addresses cannot hold half a character. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, "?");
}
