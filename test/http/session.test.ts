import { sql } from "kysely";
import { afterAll, beforeEach, expect, test } from "vitest";
import { changeUser, createUser } from "../../src/operate/access/user.ts";
import { testSchema } from "../support/schema.ts";
import { serveTest } from "./serving.ts";

const schema = await testSchema();
const { db } = schema;
const { server, key, stop } = await serveTest(schema);
const secure = await serveTest(schema, { publicUrl: "https://rekindle.example" });
afterAll(async () => {
  await stop();
  await secure.stop();
});

const PASSWORD = "correct horse battery";
await createUser(db, { name: "wang", role: "sales", team: "sales", person: "wang", password: PASSWORD });
await createUser(db, { name: "root", role: "admin", password: PASSWORD });
beforeEach(async () => void (await sql`truncate sign_in_failures, sessions`.execute(db)));

interface Answer {
  status: number;
  headers: Headers;
  cookie: string;
  body: { csrf: string; name: string; role: string; detail: string; type: string; ended: number };
}

async function ask(method: string, path: string, headers: Record<string, string>, body?: unknown, url = server.url) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const cookie = response.headers.get("set-cookie")?.split(";")[0] ?? "";
  return { status: response.status, headers: response.headers, cookie, body: await response.json() } as Answer;
}
const signIn = (name = "wang", password = PASSWORD, headers: Record<string, string> = {}) =>
  ask("POST", "/v1/session", headers, { name, password });
const signedIn = async (name?: string) => {
  const { cookie, body } = await signIn(name);
  return { cookie, "x-rekindle-csrf": body.csrf };
};
const held = async (headers: Record<string, string>) => (await ask("GET", "/v1/session", headers)).status;

test("who signs in has their role, team and person, by a cookie that no script reads and no other site sends", async () => {
  const { status, headers, body, cookie } = await signIn();
  expect([status, body]).toMatchObject([200, { name: "wang", role: "sales", team: "sales", person: "wang" }]);
  expect(headers.get("set-cookie")).toMatch(/^rekindle=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Expires=/);
  expect(await ask("GET", "/v1/session", { cookie })).toMatchObject({
    status: 200,
    body: { kind: "session", csrf: body.csrf },
  });
  expect(await ask("GET", "/v1/keys", { cookie })).toMatchObject({ status: 403 });
  const { rows } = await sql<{ hash: string }>`select hash from sessions`.execute(db);
  expect(JSON.stringify(rows)).not.toContain(cookie.slice("rekindle=".length));
  const https = await ask("POST", "/v1/session", {}, { name: "wang", password: PASSWORD }, secure.server.url);
  expect(https.headers.get("set-cookie")).toMatch(/^__Host-rekindle=.*; Secure; Expires=/);
  expect(https.headers.get("strict-transport-security")).toContain("max-age");
});

test("a change by cookie needs what only our own page knows", async () => {
  const own = await signedIn("root");
  const change = (headers: Record<string, string>) => ask("PATCH", "/v1/users/wang", headers, { team: "sales" });
  expect(await change(own)).toMatchObject({ status: 200 });
  expect(await change({ ...own, origin: server.url, "sec-fetch-site": "same-origin" })).toMatchObject({ status: 200 });
  expect(await change({ cookie: own.cookie })).toMatchObject({
    status: 403,
    body: { type: "urn:rekindle:problem:csrf" },
  });
  const { "x-rekindle-csrf": other } = await signedIn("root");
  expect(await change({ ...own, "x-rekindle-csrf": other })).toMatchObject({ status: 403 });
  const sites: Record<string, string>[] = [
    { origin: "https://evil.example" },
    { "sec-fetch-site": "cross-site" },
    { origin: "null" },
  ];
  for (const site of sites) {
    expect(await change({ ...own, ...site })).toMatchObject({ status: 403 });
    expect(await signIn("wang", PASSWORD, site)).toMatchObject({ status: 403 });
  }
  expect(await change({ cookie: own.cookie, authorization: `Bearer ${await key("admin")}` })).toMatchObject({
    status: 200,
  });
});

test("signing in gives a new session and ends the one before; signing out ends it, or all of them, at once", async () => {
  const [first, elsewhere] = [await signedIn(), await signedIn()];
  const { cookie, body } = await signIn("wang", PASSWORD, { cookie: first.cookie });
  const second = { cookie, "x-rekindle-csrf": body.csrf };
  expect([await held(first), await held(second), await held(elsewhere)]).toEqual([401, 200, 200]);
  expect(await ask("DELETE", "/v1/session", second)).toMatchObject({ status: 200, body: { ended: 1 } });
  expect([await held(second), await held(elsewhere)]).toEqual([401, 200]);
  const last = await signedIn();
  expect(await ask("DELETE", "/v1/session?everywhere=true", last)).toMatchObject({ body: { ended: 2 } });
  expect([await held(last), await held(elsewhere)]).toEqual([401, 401]);
});

test("a session ends when it was idle too long, and after half a day in any case", async () => {
  const own = await signedIn();
  await sql`update sessions set seen_at = clock_timestamp() - interval '59 minutes'`.execute(db);
  expect(await held(own)).toBe(200);
  await sql`update sessions set seen_at = clock_timestamp() - interval '61 minutes'`.execute(db);
  expect(await held(own)).toBe(401);
  const other = await signedIn();
  await sql`update sessions set expires_at = clock_timestamp()`.execute(db);
  expect(await held(other)).toBe(401);
});

test("a wrong password, no such user and a disabled one are told apart by nothing", async () => {
  await createUser(db, { name: "gone", role: "ops", password: PASSWORD });
  await changeUser(db, "gone", { disabled: true });
  const answers = [await signIn("wang", "wrong"), await signIn("nobody"), await signIn("gone")];
  const said = answers.map(({ status, body, cookie }) => ({ status, body, cookie }));
  expect(said).toEqual([said[0], said[0], said[0]]);
  expect(said[0]).toMatchObject({ status: 401, body: { detail: "wrong name or password" }, cookie: "" });
});

test("who guesses waits longer and longer, for a user there is as for one there is not, however many guesses come at once", async () => {
  for (const name of ["wang", "nobody"]) {
    await sql`truncate sign_in_failures`.execute(db);
    const guesses = await Promise.all(Array.from({ length: 12 }, () => signIn(name, "wrong")));
    const statuses = guesses.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([...new Array<number>(5).fill(401), ...new Array<number>(7).fill(429)]);
    expect(Number(guesses.find(({ status }) => status === 429)!.headers.get("retry-after"))).toBeGreaterThan(0);
  }
  await sql`update sign_in_failures set failures = 4, locked_until = clock_timestamp()`.execute(db);
  const waits: number[] = [];
  for (let i = 0; i < 5; i++) {
    expect(await signIn("nobody", "wrong")).toMatchObject({ status: 401 });
    const { rows } = await sql<{ seconds: number }>`
      select max(extract(epoch from locked_until - last_at))::int as seconds from sign_in_failures`.execute(db);
    waits.push(rows[0]!.seconds);
    await sql`update sign_in_failures set locked_until = clock_timestamp()`.execute(db);
  }
  expect(waits).toEqual([1, 2, 4, 8, 16]);
});

test("an address that guesses at many users waits too; others do not", async () => {
  for (let i = 0; i < 20; i++) await signIn(`user${i}`, "wrong");
  expect(await signIn("root")).toMatchObject({ status: 429 });
  await sql`update sign_in_failures set locked_until = clock_timestamp()`.execute(db);
  expect(await signIn("root")).toMatchObject({ status: 200 });
});

test("a password that is set by oneself or an admin, another role and being disabled end sessions", async () => {
  const root = await signedIn("root");
  const [own, elsewhere] = [await signedIn(), await signedIn()];
  const next = "another horse entirely";
  const asked = { current: PASSWORD, password: next };
  expect(await ask("PUT", "/v1/session/password", own, { ...asked, current: "wrong" })).toMatchObject({ status: 401 });
  const set = await ask("PUT", "/v1/session/password", own, asked);
  expect(set.status).toBe(200);
  expect([await held(own), await held(elsewhere), await held({ cookie: set.cookie })]).toEqual([401, 401, 200]);
  expect(await ask("PATCH", "/v1/users/wang", root, { role: "service" })).toMatchObject({
    status: 200,
    body: { signedOut: 1 },
  });
  expect(await held({ cookie: set.cookie })).toBe(401);
  const last = await ask("POST", "/v1/session", {}, { name: "wang", password: next });
  expect(last.body.role).toBe("service");
  expect(await ask("PATCH", "/v1/users/wang", root, { disabled: true })).toMatchObject({ status: 200 });
  expect(await held({ cookie: last.cookie })).toBe(401);
  expect(await signIn("wang", next)).toMatchObject({ status: 401 });
});

test("weak passwords, bad names and unknown users are refused", async () => {
  const root = await signedIn("root");
  const make = (more: object) =>
    ask("POST", "/v1/users", root, { name: "li", role: "ops", password: PASSWORD, ...more });
  for (const more of [
    { password: "short" },
    { password: "aaaaaaaaaaaaaaaa" },
    { password: "Li-li-secret-1234", name: "li-li" },
    { name: "L i" },
    { team: "sales" },
  ]) {
    expect(await make(more)).toMatchObject({ status: 422 });
  }
  expect(await make({ hash: "x" })).toMatchObject({ status: 400 });
  expect(await make({})).toMatchObject({ status: 201 });
  expect(await make({})).toMatchObject({ status: 422 });
  expect(await ask("PATCH", "/v1/users/nobody", root, { disabled: true })).toMatchObject({ status: 404 });
});
