import { sql } from "kysely";
import { afterAll, describe, expect, inject, test } from "vitest";
import type { AnyRoute } from "../../src/http/route.ts";
import { createUser } from "../../src/operate/user.ts";
import { createApiKey, revokeApiKey, type Role, ROLES } from "../../src/store/api-key.ts";
import { testSchema } from "../support/schema.ts";
import { serveTest } from "./serving.ts";

const schema = await testSchema();
const { db } = schema;
const { server, key, stop } = await serveTest(schema, { temporalAddress: inject("temporalAddress") });
afterAll(stop);

const MS = 86_400_000;
const past = new Date(Date.now() - 2 * MS);
const keys = Object.fromEntries(await Promise.all(ROLES.map(async (role) => [role, await key(role)]))) as Record<
  Role,
  string
>;
const expired = await createApiKey(db, "expired", "admin", past, { expiresAt: new Date(past.getTime() + MS) });
const revoked = await createApiKey(db, "revoked", "admin", past);
await revokeApiKey(db, "revoked", past);
const open = await createApiKey(db, "web", "backend", past, { public: true });
const PASSWORD = "correct horse battery";
await Promise.all(ROLES.map((role) => createUser(db, { name: role, role, password: PASSWORD })));

/** What the guard of a route says: its status when it turns somebody away, else "in". */
async function guard(one: AnyRoute, headers: Record<string, string>): Promise<number | "in"> {
  const stop = new AbortController();
  const response = await fetch(server.url + one.path.replaceAll(/\{\w+\}/g, "nothing"), {
    method: one.method,
    headers: { ...headers, ...(one.method !== "GET" && { "content-type": "application/json" }) },
    ...(one.method !== "GET" && { body: "{}" }),
    signal: stop.signal,
  });
  // an answer that goes on and on has begun by now
  stop.abort();
  return [401, 403, 429].includes(response.status) ? response.status : "in";
}
const by = (sent: string) => ({ authorization: `Bearer ${sent}` });

describe.each(server.routes.map((one): [string, AnyRoute] => [`${one.method} ${one.path}`, one]))("%s", (_, one) => {
  test("lets in whom it names, and nobody else", async () => {
    if (one.roles === "open") {
      // who signs in has no key yet; wrong credentials are not the guard's
      if (one.path !== "/v1/session") expect(await guard(one, {})).toBe("in");
      return;
    }
    for (const role of ROLES) {
      const allowed = role === "admin" || one.roles.includes(role);
      expect({ role, came: await guard(one, by(keys[role])) }).toEqual({ role, came: allowed ? "in" : 403 });
    }
    const strangers: Record<string, string>[] = [
      {},
      by(expired),
      by(revoked),
      by("rk_unknown-unknown"),
      by(""),
      { cookie: "rekindle=x" },
    ];
    for (const headers of strangers) {
      expect({ headers, came: await guard(one, headers) }).toEqual({ headers, came: 401 });
    }
    expect(await guard(one, by(open))).toBe(one.publicKeys ? "in" : 403);
  });
});

test("who signed in may what their role may; changes need more than the cookie", async () => {
  for (const role of ROLES) {
    const answer = await fetch(`${server.url}/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: role, password: PASSWORD }),
    });
    const cookie = answer.headers.get("set-cookie")!.split(";")[0]!;
    const { csrf } = (await answer.json()) as { csrf: string };
    for (const one of server.routes.filter(({ roles, path }) => roles !== "open" && path !== "/v1/session")) {
      const allowed = role === "admin" || one.roles.includes(role);
      const came = {
        route: `${one.method} ${one.path}`,
        role,
        came: await guard(one, { cookie, "x-rekindle-csrf": csrf }),
      };
      expect(came).toEqual({ ...came, came: allowed ? "in" : 403 });
      if (one.method !== "GET") expect(await guard(one, { cookie })).toBe(403);
    }
    await sql`truncate sign_in_failures`.execute(db);
  }
});

test("no address is open but those that have to be", () => {
  const known = ["/docs", "/healthz", "/metrics", "/openapi.json", "/readyz", "/v1/session"];
  const open = server.routes.filter(({ roles }) => roles === "open").map(({ path }) => path);
  expect(open.filter((path) => !known.includes(path))).toEqual([]);
});
