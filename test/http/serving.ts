import { inject } from "vitest";
import type { Home } from "../../src/campaign/library.ts";
import { type Config, readConfig } from "../../src/config.ts";
import { openServer, type Server, type ServerOptions } from "../../src/http/server.ts";
import { openReactor } from "../../src/intake/lane.ts";
import { createApiKey, type Role } from "../../src/store/api-key.ts";
import type { TestSchema } from "../support/schema.ts";

export const HOME: Home = {
  timezone: "Asia/Shanghai",
  currency: "CNY",
  locale: "zh-CN",
  brand: { en: "Tea & <Co>", "zh-CN": "茶铺" },
  shop: "https://shop.example/tea",
};
export const SECRET = "a secret of at least sixteen characters";

export function testConfig({ url, schema }: TestSchema, more: Partial<Config> = {}): Config {
  const config = readConfig({ REKINDLE_SCHEMA: schema, PORT: "0", REKINDLE_SECRET: SECRET });
  return { ...config, databaseUrl: url, redisUrl: inject("redisUrl"), ...more };
}

/** What answers and problem documents say, as far as tests look. */
export interface AnswerBody {
  accepted?: number;
  errors: { index?: number; pointer: string; detail: string }[];
}

export interface Serving {
  server: Server;
  key: (role: Role) => Promise<string>;
  /** POST /v1/events */
  send: (
    body: unknown,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; type: string | null; body: AnswerBody }>;
  stop: () => Promise<void>;
}

/** `serve` in this process: the server and the react lane. */
export async function serveTest(
  schema: TestSchema,
  more: Partial<Config> = {},
  options: Partial<ServerOptions> = {},
): Promise<Serving> {
  const config = testConfig(schema, more);
  const reactor = openReactor({ db: schema.db, config, home: HOME });
  const server = await openServer({
    db: schema.db,
    config,
    home: HOME,
    onStored: (events) => reactor.kick(events),
    checkAnswers: true,
    ...options,
  });
  const key = (role: Role) => createApiKey(schema.db, `test ${role}`, role, new Date());
  const own = await key("backend");
  return {
    server,
    key,
    async send(body, headers = {}) {
      const response = await fetch(`${server.url}/v1/events`, {
        method: "POST",
        headers: { authorization: `Bearer ${own}`, "content-type": "application/cloudevents+json", ...headers },
        body: typeof body === "string" || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
      });
      return {
        status: response.status,
        type: response.headers.get("content-type"),
        body: (await response.json()) as AnswerBody,
      };
    },
    async stop() {
      await server.close();
      await reactor.stop();
    },
  };
}
