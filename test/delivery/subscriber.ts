import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { openNotices, type NoticeOptions } from "../../src/delivery/notice.ts";
import { subscribe } from "../../src/operate/subscription.ts";
import type { TestSchema } from "../support/schema.ts";
import { configFor } from "./world.ts";

export const SECRET = "a secret for these tests";

export interface Told {
  specversion: string;
  id: string;
  source: string;
  type: string;
  subject?: string;
  time: string;
  data: Record<string, unknown>;
}

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  events: Told[];
}

export interface Subscriber {
  url: string;
  /** every request, answered or not */
  requests: Received[];
  /** events that were answered with a 2xx, in the order in which they came */
  taken: Told[];
  close(): void;
}

/** What the other side does with a request: a status, or nothing at all, or it cuts the line. */
export type Answer = number | "nothing" | "cut";

/** Another system that is told things, on this machine. */
export async function subscriber(answer: (got: Received, nth: number) => Answer | Promise<Answer> = () => 200) {
  const requests: Received[] = [];
  const taken: Told[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("error", () => undefined);
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      void (async () => {
        const body = Buffer.concat(chunks).toString();
        const got = { headers: request.headers, body, events: [JSON.parse(body) as Told | Told[]].flat() };
        requests.push(got);
        const status = await answer(got, requests.length);
        if (status === "cut") return request.socket.destroy();
        if (status === "nothing") return undefined;
        if (status < 300) taken.push(...got.events);
        return response.writeHead(status).end("thanks");
      })();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/told`;
  return { url, requests, taken, close: () => server.close().closeAllConnections() } satisfies Subscriber;
}

/** What the documentation tells the other side to compute. */
export function expectedSignature(secret: string, { headers, body }: Received): string {
  const text = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
  return `v1,${createHmac("sha256", Buffer.from(secret.slice(6), "base64"))
    .update(text)
    .digest("base64")}`;
}

/** Subscribes an address on this machine. @returns the secret */
export async function subscribed({ db, schema }: TestSchema, id: string, url: string, types = ["*"], batch = 1) {
  const config = configFor(schema, { webhookPrivateHosts: ["127.0.0.1"], secret: SECRET });
  return (await subscribe(db, config, { id, url, types, batch, by: "test" })).secret;
}

/** The lane, with short waits. */
export function telling({ db, schema }: TestSchema, more: Partial<NoticeOptions> = {}) {
  const errors: unknown[] = [];
  const paused: [string, string][] = [];
  const lane = openNotices({
    db,
    config: configFor(schema, { webhookPrivateHosts: ["127.0.0.1"] }),
    secret: SECRET,
    sweepMs: 40,
    backoffMs: 30,
    leaseMs: 30_000,
    onError: (error) => errors.push(error),
    onPause: (subscription, reason) => paused.push([subscription, reason]),
    ...more,
  });
  return { errors, paused, stop: () => lane.stop() };
}
