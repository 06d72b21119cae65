import { afterAll, describe, expect, inject, test } from "vitest";
import type { AnyRoute } from "../../src/http/route.ts";
import { createUser } from "../../src/operate/access/user.ts";
import { createApiKey, revokeApiKey, type Role, ROLES } from "../../src/store/api-key.ts";
import { testSchema } from "../support/schema.ts";
import { serveTest } from "./serving.ts";

const schema = await testSchema();
const { db } = schema;
const { server, key, stop } = await serveTest(schema, {
  temporalAddress: inject("temporalAddress"),
  // strangers ask a lot here
  rateLimits: { address: 1e6, refused: 1e6 },
});
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

/** On a busy machine too. */
const PATIENCE = { timeout: 240_000 };

describe.each(server.routes.map((one): [string, AnyRoute] => [`${one.method} ${one.path}`, one]))("%s", (_, one) => {
  test("lets in whom it names, and nobody else", PATIENCE, async () => {
    if (one.roles === "open") {
      // who signs in has no key yet; wrong credentials are not the guard's
      if (one.path !== "/v1/session") expect(await guard(one, {})).toBe("in");
      return;
    }
    const { roles } = one;
    const came = await Promise.all(ROLES.map(async (role) => ({ role, came: await guard(one, by(keys[role])) })));
    expect(came).toEqual(ROLES.map((role) => ({ role, came: allowed(roles, role) ? "in" : 403 })));
    const strangers: Record<string, string>[] = [
      {},
      by(expired),
      by(revoked),
      by("rk_unknown-unknown"),
      by(""),
      { cookie: "rekindle=x" },
    ];
    expect(await Promise.all(strangers.map((headers) => guard(one, headers)))).toEqual(strangers.map(() => 401));
    expect(await guard(one, by(open))).toBe(one.publicKeys ? "in" : 403);
  });
});

const allowed = (roles: readonly Role[], role: Role) => role === "admin" || roles.includes(role);

test("who signed in may what their role may; changes need more than the cookie", PATIENCE, async () => {
  for (const role of ROLES) {
    const answer = await fetch(`${server.url}/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: role, password: PASSWORD }),
    });
    const cookie = answer.headers.get("set-cookie")!.split(";")[0]!;
    const { csrf } = (await answer.json()) as { csrf: string };
    const own = { cookie, "x-rekindle-csrf": csrf };
    const guarded = server.routes.filter(({ roles }) => roles !== "open");
    const foreign = guarded.filter(({ roles }) => !allowed(roles as Role[], role));
    expect(await guards(foreign, own)).toEqual(foreign.map(() => 403));
    const changes = guarded.filter(({ method, roles }) => method !== "GET" && allowed(roles as Role[], role));
    expect(await guards(changes, { cookie })).toEqual(changes.map(() => 403));
    expect((await fetch(`${server.url}/v1/session`, { headers: own })).status).toBe(200);
  }
});

/** A few at a time. */
async function guards(routes: AnyRoute[], headers: Record<string, string>): Promise<(number | "in")[]> {
  const came: (number | "in")[] = [];
  for (let i = 0; i < routes.length; i += 8) {
    came.push(...(await Promise.all(routes.slice(i, i + 8).map((one) => guard(one, headers)))));
  }
  return came;
}

test("no address is open but those that have to be", () => {
  const known = ["/docs", "/healthz", "/metrics", "/openapi.json", "/readyz", "/v1/session"];
  const open = server.routes.filter(({ roles }) => roles === "open").map(({ path }) => path);
  expect(open.filter((path) => !known.includes(path))).toEqual([]);
});
