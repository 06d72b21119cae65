import { randomBytes } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { createApiKey } from "../../src/store/api-key.ts";
import { openLog } from "../../src/watch/log.ts";
import { HOME, testConfig } from "../http/serving.ts";
import { openServer } from "../../src/http/server.ts";
import { testSchema } from "../support/schema.ts";

const schema = await testSchema();
const lines: string[] = [];
const config = testConfig(schema, { logLevel: "debug", logFormat: "json" });
const log = openLog("serve", { ...config, write: (line) => void lines.push(line) });
const server = await openServer({ db: schema.db, config, home: HOME, log, checkAnswers: true });
afterAll(() => server.close());
const said = () => lines.join("");

test("each request is one line with its id, route, status and time, and nothing of what it said", async () => {
  const key = await createApiKey(schema.db, "Zhang San", "admin", new Date());
  const wrong = `rk_${randomBytes(24).toString("base64url")}`;
  const token = randomBytes(40).toString("base64url");
  const ask = (
    path: string,
    { headers, ...init }: Omit<RequestInit, "headers"> & { headers?: Record<string, string> } = {},
  ) => fetch(`${server.url}${path}`, { ...init, headers: { authorization: `Bearer ${key}`, ...headers } });
  const event = {
    specversion: "1.0",
    id: "secret-event-1",
    source: "/private-shop",
    type: "form.sent",
    subject: "customer-wang-5",
    data: { email: "wang@mail.example", name: "王小明", phone: "13800001111", card: "4111111111111111" },
  };
  const json = { "content-type": "application/json" };
  const posted = await ask("/v1/events", { method: "POST", body: JSON.stringify(event), headers: json });
  const others = await Promise.all([
    ask("/v1/events", { method: "POST", body: "{", headers: json }),
    ask("/v1/events/%2Fprivate-shop/secret-event-1?who=wang@mail.example"),
    ask("/v1/campaigns/nobody@mail.example", { headers: { "x-request-id": "shop-17" } }),
    ask("/v1/campaigns/x", { headers: { authorization: `Bearer ${wrong}` } }),
    ask(`/l/${token}`, { headers: { cookie: "session=abcdefabcdef" } }),
    ask(`/made-up/${token}`),
    ask("/v1/campaigns/x", { headers: { "x-request-id": "Wang Xiaoming" } }),
  ]);
  const answers = [posted, ...others];
  expect(answers.map((answer) => answer.status)).toEqual([202, 400, 200, 404, 401, 404, 404, 404]);
  expect(answers[3]!.headers.get("x-request-id")).toBe("shop-17");
  expect(answers[7]!.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  await expect.poll(() => lines.length, { timeout: 90_000 }).toBeGreaterThanOrEqual(answers.length);

  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const answer of answers) {
    const id = answer.headers.get("x-request-id");
    expect(entries.filter((entry) => entry.request === id)).toMatchObject([{ msg: "asked", status: answer.status }]);
  }
  expect(entries.find((entry) => entry.request === "shop-17")).toMatchObject({
    method: "GET",
    route: "/v1/campaigns/:id",
    level: "debug",
    process: "serve",
  });
  for (const secret of [
    key,
    wrong,
    token,
    "wang",
    "王小明",
    "13800001111",
    "4111111111111111",
    "Zhang",
    "abcdefabcdef",
  ]) {
    expect(said()).not.toContain(secret);
  }
});

test("what gets into a line by mistake is blanked before it is written", () => {
  const key = `rk_${randomBytes(24).toString("base64url")}`;
  const link = randomBytes(30).toString("base64url");
  lines.length = 0;
  log.error(
    { authorization: `Bearer ${key}`, headers: { cookie: "sid=1234567890" }, user: { email: "a@b.example" } },
    "x",
  );
  log.warn(`could not open https://shop.example/l/${link} for 李雷@邮件.example with ${key}`);
  log.warn({ url: "postgres://someone:hunter2hunter2@db.example/rekindle" }, "away");
  for (const secret of [key, "1234567890", "a@b.example", link, "李雷", "hunter2hunter2"]) {
    expect(said()).not.toContain(secret);
  }
  expect(said()).toContain("https://shop.example/l/[redacted]");
  expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(["error", "warn", "warn"]);
});

test("a person at a terminal reads text", () => {
  const plain: string[] = [];
  const own = openLog("serve", { logLevel: "info", logFormat: "plain", write: (line) => void plain.push(line) });
  own.info("listening");
  own.warn({ status: 503 }, "not now");
  own.debug("unheard");
  expect(plain).toEqual(["serve: listening\n", "serve: warn: not now status=503\n"]);
});
