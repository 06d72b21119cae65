import { createServer, type IncomingMessage } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { sql } from "kysely";
import { inject } from "vitest";
import { openWatch } from "../../src/cli/watched.ts";
import type { Config } from "../../src/config.ts";
import { openDelivery } from "../../src/delivery/delivery.ts";
import { openServer, type Server } from "../../src/http/server.ts";
import { openReactor } from "../../src/intake/lane.ts";
import { freePort } from "../../src/local/door.ts";
import { reachable } from "../../src/watch/reach.ts";
import { openWorker } from "../../worker.ts";
import { HOME, SECRET, testConfig } from "../http/serving.ts";
import { mailServer, type MailServer } from "../support/smtp.ts";
import type { TestSchema } from "../support/schema.ts";

export interface Stack {
  config: Config;
  server: Server;
  mail: MailServer;
  /** where worker and deliver are watched */
  doors: { worker: string; deliver: string };
  close(): Promise<void>;
}

/** serve, worker and deliver in this process, each watched, with a mail server. */
export async function openStack({ db, url, schema }: TestSchema, more: Partial<Config> = {}): Promise<Stack> {
  const mail = await mailServer();
  const metricsPort = await freePort();
  const config: Config = {
    ...testConfig({ db, url, schema }),
    ...{ temporalAddress: inject("temporalAddress"), smtpUrl: mail.url, rules: "rules", metricsPort, ...more },
  };
  const worker = await openWorker({ db, config });
  const delivery = await openDelivery({ db, config, secret: SECRET, sweepMs: 200 });
  const reactor = openReactor({ db, config, home: HOME });
  const server = await openServer({ db, config, home: HOME, onStored: () => reactor.kick(1), checkAnswers: true });
  const redis = reachable("redis", config.redisUrl!, 6379, false);
  const doors = [
    await openWatch({ name: "worker", config, db, parts: [worker.part, redis], more: () => worker.metrics() }),
    await openWatch({ name: "deliver", config, db, parts: [redis, reachable("smtp", mail.url, 25, true)] }),
  ] as const;
  return {
    config,
    server,
    mail,
    doors: { worker: doors[0].url!, deliver: doors[1].url! },
    async close() {
      await server.close();
      await reactor.stop();
      await Promise.all([worker.stop(), delivery.stop()]);
      await Promise.all(doors.map((door) => door.close()));
      await mail.close();
    },
  };
}

/** A customer who may be written to. */
export async function newCustomer({ db }: TestSchema, id: string): Promise<void> {
  await sql`insert into customers (customer_id, created_at) values (${id}, now())`.execute(db);
  await sql`
    insert into contacts (customer, kind, value, created_at)
    select id, kind, case kind when 'email' then customer_id || '@mail.example' else '王小明' end, now()
    from customers, unnest(array['email', 'name']) as kind where customer_id = ${id}`.execute(db);
  await sql`
    insert into consents (customer, channel, granted, source, at)
    select id, 'email', true, 'test', now() from customers where customer_id = ${id}`.execute(db);
}

export interface CollectedSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  attributes: { key: string; value: Record<string, unknown> }[];
  startTimeUnixNano: string;
  endTimeUnixNano: string;
}

/** What OTLP over HTTP sends as JSON, as far as the test looks. */
interface Sent {
  resourceSpans: { scopeSpans: { spans: CollectedSpan[] }[] }[];
}

/** A collector of traces that keeps them. */
export async function openCollector() {
  const spans: CollectedSpan[] = [];
  let text = "";
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      text += body;
      spans.push(...(JSON.parse(body) as Sent).resourceSpans.flatMap((one) => one.scopeSpans.flatMap((s) => s.spans)));
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    spans,
    /** everything that was sent, as it came */
    text: () => text,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
