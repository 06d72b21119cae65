import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openServer, type Server } from "../../src/http/server.ts";
import { createApiKey } from "../../src/store/api-key.ts";
import { testSchema } from "../support/schema.ts";
import { HOME, testConfig } from "./serving.ts";

const schema = await testSchema();
const config = testConfig(schema, {
  trustProxy: "127.0.0.1",
  // a tenth of what goes within ten seconds
  rateLimits: { marketer: 2, address: 3, refused: 1 },
});
let server: Server;
let marketer: string;
let ops: string;
beforeAll(async () => {
  server = await openServer({ db: schema.db, config, home: HOME, checkAnswers: true });
  marketer = await createApiKey(schema.db, "m", "marketer", new Date());
  ops = await createApiKey(schema.db, "o", "ops", new Date());
});
afterAll(() => server.close());

interface Said {
  status: number;
  type: string;
  retryAfter: number;
}
async function ask(path: string, headers: Record<string, string> = {}, to = server): Promise<Said> {
  const response = await fetch(`${to.url}${path}`, { headers });
  const body = (await response.json().catch(() => ({}))) as { type?: string };
  return { status: response.status, type: body.type ?? "", retryAfter: Number(response.headers.get("retry-after")) };
}
const times = (count: number, work: () => Promise<Said>) => Promise.all(Array.from({ length: count }, work));
const statuses = (all: Said[]) => [...new Set(all.map(({ status }) => status))].sort((a, b) => a - b);

test("a key has its role's rate, over all processes; others are not slowed down by it", async () => {
  const second = await openServer({ db: schema.db, config, home: HOME });
  const path = "/v1/campaigns/none";
  const bearer = { authorization: `Bearer ${marketer}` };
  const both = [...(await times(60, () => ask(path, bearer))), ...(await times(60, () => ask(path, bearer, second)))];
  expect(statuses(both)).toEqual([404, 429]);
  // twenty a window, of which a slow machine may see several
  const answered = both.filter(({ status }) => status === 404).length;
  expect(answered).toBeGreaterThanOrEqual(20);
  expect(answered).toBeLessThanOrEqual(80);
  for (const { type, retryAfter } of both.filter(({ status }) => status === 429)) {
    expect(type).toBe("urn:rekindle:problem:rate");
    expect(retryAfter).toBeGreaterThanOrEqual(1);
    expect(retryAfter).toBeLessThanOrEqual(10);
  }
  expect((await ask(path, { authorization: `Bearer ${ops}` })).status).toBe(404);
  // a rate of its own
  const fast = await createApiKey(schema.db, "fast", "marketer", new Date(), { perSecond: 100 });
  expect(statuses(await times(60, () => ask(path, { authorization: `Bearer ${fast}` })))).toEqual([404]);
  await second.close();
});

test("an address without a key has a rate of its own, hosted pages included; so has who guesses keys", async () => {
  const page = await times(80, () => ask("/l/made.up", { "x-forwarded-for": "203.0.113.7" }));
  expect(statuses(page)).toEqual([404, 429]);
  expect((await ask("/l/made.up", { "x-forwarded-for": "203.0.113.8" })).status).toBe(404);

  const guess = () => ask("/v1/runs", { "x-forwarded-for": "203.0.113.9", authorization: "Bearer rk_guessguessguess" });
  // what a guess costs is only known once it was answered; a slow machine must make enough of them in a window
  await expect
    .poll(async () => statuses(await times(40, guess)), { timeout: 90_000, interval: 1 })
    .toEqual(expect.arrayContaining([429]));
  expect((await ask("/v1/runs", { "x-forwarded-for": "203.0.113.10", authorization: `Bearer ${ops}` })).status).toBe(
    200,
  );
});

test("without Redis each process limits by itself", async () => {
  const alone = await openServer({ db: schema.db, config: { ...config, redisUrl: "redis://127.0.0.1:9" }, home: HOME });
  const all = await times(80, () => ask("/l/made.up", { "x-forwarded-for": "203.0.113.7" }, alone));
  expect(statuses(all)).toEqual([404, 429]);
  await alone.close();
});

test("heads, addresses and bodies that are too large are refused by name", async () => {
  const bearer = { authorization: `Bearer ${ops}` };
  expect(await ask(`/v1/runs?x=${"a".repeat(9_000)}`, bearer)).toMatchObject({
    status: 414,
    type: "urn:rekindle:problem:address",
  });
  expect(await ask(`/v1/runs/${"a".repeat(2_500)}`, bearer)).toMatchObject({ status: 414 });
  const many = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`h${i}`, "1"]));
  expect(await ask("/v1/runs", { ...bearer, ...many })).toMatchObject({
    status: 431,
    type: "urn:rekindle:problem:headers",
  });
  expect(await ask("/v1/runs", { ...bearer, large: "a".repeat(17_000) })).toMatchObject({ status: 431 });
  const post = (body: string) =>
    fetch(`${server.url}/v1/events`, {
      method: "POST",
      headers: { ...bearer, "content-type": "application/json" },
      body,
    });
  expect((await post(`"${"a".repeat(1024 * 1024)}"`)).status).toBe(413);
  const deep = await post(`${"[".repeat(50_000)}${"]".repeat(50_000)}`);
  expect([deep.status, ((await deep.json()) as { type: string }).type]).toEqual([400, "urn:rekindle:problem:depth"]);
});

test(
  "who trickles a request is cut off, and who talks no HTTP is told so, without a word about us",
  { timeout: 600_000 },
  async () => {
    const { hostname, port } = new URL(server.url);
    const say = async (text: string): Promise<string> => {
      const socket = connect({ host: hostname, port: Number(port) });
      let answer = "";
      socket.on("data", (chunk) => (answer += chunk.toString()));
      socket.on("error", () => undefined);
      socket.write(text);
      await once(socket, "close");
      return answer;
    };
    const [slow, odd] = await Promise.all([
      say("GET /healthz HTTP/1.1\r\nhost: x\r\nhalf-a-head"),
      say("hello?\r\n\r\n"),
    ]);
    expect(slow).toMatch(/^HTTP\/1\.1 408 .*urn:rekindle:problem:timeout/s);
    expect(odd).toMatch(/^HTTP\/1\.1 400 .*application\/problem\+json.*urn:rekindle:problem:http/s);
  },
);

test("no more connections are held than may be", async () => {
  const small = await openServer({ db: schema.db, config: { ...config, maxConnections: 3 }, home: HOME });
  const { hostname, port } = new URL(small.url);
  const sockets = Array.from({ length: 6 }, () => connect({ host: hostname, port: Number(port) }));
  for (const socket of sockets) socket.on("error", () => undefined);
  await expect
    .poll(() => sockets.filter((socket) => socket.destroyed || socket.readableEnded).length, { timeout: 90_000 })
    .toBe(3);
  for (const socket of sockets) socket.destroy();
  await expect.poll(async () => (await ask("/healthz", {}, small)).status, { timeout: 90_000 }).toBe(200);
  await small.close();
});
