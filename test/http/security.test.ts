import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { openServer } from "../../src/http/server.ts";
import { createUser } from "../../src/operate/access/user.ts";
import { createApiKey } from "../../src/store/api-key.ts";
import { openLog } from "../../src/watch/log.ts";
import { testSchema } from "../support/schema.ts";
import { HOME, testConfig } from "./serving.ts";

const schema = await testSchema();
const lines: string[] = [];
const config = testConfig(schema, { logLevel: "debug", logFormat: "json" });
const log = openLog("serve", { ...config, write: (line) => void lines.push(line) });
const server = await openServer({ db: schema.db, config, home: HOME, log, checkAnswers: true });
afterAll(() => server.close());
const key = await createApiKey(schema.db, "root", "admin", new Date());
const bearer = { authorization: `Bearer ${key}` };
const json = { "content-type": "application/json" };

describe("every answer", () => {
  test.each([
    ["GET", "/v1/keys", 200],
    ["GET", "/v1/campaigns/none", 404],
    ["GET", "/nothing/here", 404],
    ["GET", "/healthz", 200],
    ["POST", "/v1/keys", 400],
  ])("of %s %s tells browsers to keep and to guess nothing", async (method, path, status) => {
    const body = method === "POST" ? { body: "{}" } : {};
    const answer = await fetch(server.url + path, { method, headers: { ...bearer, ...json }, ...body });
    expect(answer.status).toBe(status);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cache-control": expect.stringMatching(/no-store|no-cache/),
      "content-security-policy": expect.stringContaining("default-src 'none'"),
    });
    expect(answer.headers.get("server") ?? answer.headers.get("x-powered-by")).toBeNull();
  });
});

test("no address takes fields into a change that its description does not name", () => {
  const open = server.routes
    .filter((one) => one.body !== undefined)
    .filter((one) => {
      const { additionalProperties = false } = z.toJSONSchema(one.body!, { io: "input", unrepresentable: "any" });
      return additionalProperties !== false;
    });
  expect(open.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});

test("a user cannot be made more than was asked for, nor make themselves more", async () => {
  const password = "correct horse battery";
  await createUser(schema.db, { name: "li", role: "sales", team: "sales", password });
  const post = (path: string, headers: Record<string, string>, body: object, method = "POST") =>
    fetch(server.url + path, { method, headers: { ...json, ...headers }, body: JSON.stringify(body) });
  const signedIn = await post("/v1/session", {}, { name: "li", password });
  const cookie = signedIn.headers.get("set-cookie")!.split(";")[0]!;
  const own = { cookie, "x-rekindle-csrf": ((await signedIn.json()) as { csrf: string }).csrf };
  expect((await post("/v1/users/li", own, { role: "admin" }, "PATCH")).status).toBe(403);
  const next = { current: password, password: "another horse entirely", role: "admin" };
  expect((await post("/v1/session/password", own, next, "PUT")).status).toBe(400);
  expect((await post("/v1/session", {}, { name: "li", password, role: "admin" })).status).toBe(400);
  const asked = await fetch(`${server.url}/v1/session`, { headers: own });
  expect(await asked.json()).toMatchObject({ role: "sales", team: "sales" });
});

test("keys, passwords, cookies and what proves a session are in no line of the log", async () => {
  const password = "a-password-nobody-may-read";
  await createUser(schema.db, { name: "wang", role: "admin", password });
  const ask = (method: string, path: string, headers: Record<string, string>, body?: object) =>
    fetch(server.url + path, {
      method,
      headers: { ...headers, ...(body && json) },
      ...(body && { body: JSON.stringify(body) }),
    });
  const wrong = "a-wrong-password-of-wang";
  await ask("POST", "/v1/session", {}, { name: "wang", password: wrong });
  const signedIn = await ask("POST", "/v1/session", {}, { name: "wang", password });
  const cookie = signedIn.headers.get("set-cookie")!.split(";")[0]!;
  const { csrf } = (await signedIn.json()) as { csrf: string };
  const own = { cookie, "x-rekindle-csrf": csrf };
  const made = await ask("POST", "/v1/keys", own, { name: "crm", role: "ops" });
  const { key: crm } = (await made.json()) as { key: string };
  await ask("GET", "/v1/session", { authorization: `Basic ${Buffer.from(`${crm}:`).toString("base64")}` });
  const request = "last-of-this-test";
  await ask("GET", "/v1/session", { ...bearer, "x-request-id": request });
  await expect.poll(() => lines.join("").includes(request), { timeout: 90_000 }).toBe(true);
  const said = lines.join("");
  const basic = Buffer.from(`${crm}:`).toString("base64");
  for (const secret of [password, wrong, cookie.split("=")[1]!, csrf, crm, basic, key])
    expect(said).not.toContain(secret);
});
