import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: unknown;
}

/** What is done with a request: answered, or cut off; `answer` may have done something before it says so. */
export type Reply = { status: number; body?: unknown; headers?: Record<string, string> } | "cut";

export interface OtherSide {
  url: string;
  asked: Asked[];
  /** nobody is there any more */
  down(): Promise<void>;
  /** at the same address */
  up(): Promise<void>;
}

/** A server whose behaviour a test decides request by request. */
export async function otherSide(answer: (asked: Asked, nth: number) => Reply | Promise<Reply>): Promise<OtherSide> {
  const asked: Asked[] = [];
  let server: Server;
  const start = async (port: number) => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("error", () => undefined);
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        void (async () => {
          const text = Buffer.concat(chunks).toString();
          const { method = "", url = "", headers } = request;
          const one = { method, path: url, headers, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
          asked.push(one);
          const reply = await answer(one, asked.length);
          if (reply === "cut") return request.socket.destroy();
          response.writeHead(reply.status, { "content-type": "application/json", ...reply.headers });
          return response.end(reply.body === undefined ? "" : JSON.stringify(reply.body));
        })();
      });
    });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  };
  const port = await start(0);
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async down() {
      const closed = once(server, "close");
      server.close().closeAllConnections();
      await closed;
    },
    async up() {
      await start(port);
    },
  };
}

interface Event {
  source: string;
  id: string;
}

/** Takes events as the API does: once each, by source and id. */
export function eventStore() {
  const stored = new Map<string, Event>();
  return {
    stored,
    take({ body }: Asked): Reply {
      const events = (body as Event[]).map((event) => {
        const key = JSON.stringify([event.source, event.id]);
        const status = stored.has(key) ? "duplicate" : "accepted";
        stored.set(key, stored.get(key) ?? event);
        return { source: event.source, id: event.id, status };
      });
      return { status: 202, body: { events } };
    },
  };
}
