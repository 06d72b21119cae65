import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { isAudited } from "../../src/http/guard/audit.ts";
import { type AuditRow, verifyAudit } from "../../src/store/audit-log.ts";
import { listActs } from "../../src/store/audit-log.ts";
import { testSchema } from "../support/schema.ts";
import { serveTest } from "./serving.ts";

const schema = await testSchema();
const { db } = schema;
const { server, key, stop, send } = await serveTest(schema);
afterAll(stop);
const admin = await key("admin");

async function ask(method: string, path: string, body?: unknown, sent = admin) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${sent}`, ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}
const latest = async () => (await listActs(db, { limit: 1 }))[0];

test("a change is there with who, what, to what and what came of it; without what was sent", async () => {
  const password = "a password of somebody";
  const made = await ask("POST", "/v1/users", { name: "li", role: "sales", team: "sales", password });
  expect(made.status).toBe(201);
  expect(await latest()).toMatchObject({
    who: "test admin",
    kind: "key",
    role: "admin",
    door: "api",
    action: "POST /v1/users",
    target: { user: "li", role: "sales" },
    outcome: "done",
  });
  await ask("PATCH", "/v1/users/li", { password: "short" });
  expect(await latest()).toMatchObject({
    action: "PATCH /v1/users/{name}",
    target: { name: "li" },
    outcome: "refused",
  });
  const { text } = await ask("POST", "/v1/keys", { name: "crm", role: "ops" });
  const ops = (JSON.parse(text) as { key: string }).key;
  expect((await ask("DELETE", "/v1/keys/crm", undefined, ops)).status).toBe(403);
  expect(await latest()).toMatchObject({ who: "crm", action: "DELETE /v1/keys/{name}", outcome: "denied" });
  const { rows } = await sql<{ all: string }>`select json_agg(a)::text as all from audit a`.execute(db);
  for (const secret of [password, ops, admin]) expect(rows[0]!.all).not.toContain(secret);
});

test("signing in is there with who it was; a name that nobody has is not, as it may be a password", async () => {
  const signIn = (name: string, password: string) => ask("POST", "/v1/session", { name, password }, "");
  expect((await signIn("hunter2-in-the-wrong-field", "x")).status).toBe(401);
  expect(await latest()).toMatchObject({ who: "nobody", action: "POST /v1/session", outcome: "denied" });
  expect((await signIn("li", "wrong")).status).toBe(401);
  expect(await latest()).toMatchObject({ who: "li", outcome: "denied" });
  const { rows } = await sql<{ all: string }>`select json_agg(a)::text as all from audit a`.execute(db);
  expect(rows[0]!.all).not.toContain("hunter2");
});

test("events that machines post, looks, and what does not get past its form leave nothing", async () => {
  const before = (await latest())?.nr;
  await send({ specversion: "1.0", id: "1", source: "/s", type: "cart.updated", subject: "c1" });
  await ask("GET", "/v1/keys");
  await ask("POST", "/v1/keys", { name: 5 });
  expect((await latest())?.nr).toBe(before);
});

test("the log is read in pages, newest first, and says of itself that nobody changed it", async () => {
  const acts: AuditRow[] = [];
  for (let after = ""; ;) {
    const { text } = await ask("GET", `/v1/audit?limit=2${after}`);
    const page = JSON.parse(text) as { items: AuditRow[]; next: string | null };
    acts.push(...page.items);
    if (page.next === null) break;
    after = `&after=${page.next}`;
  }
  expect(acts.map(({ nr }) => nr)).toEqual((await listActs(db, { limit: 100 })).map(({ nr }) => nr));
  const { text } = await ask("GET", "/v1/audit?who=crm");
  expect((JSON.parse(text) as { items: AuditRow[] }).items).toMatchObject([{ who: "crm", outcome: "denied" }]);
  const verified = JSON.parse((await ask("GET", "/v1/audit/verification")).text) as object;
  expect(verified).toEqual(await verifyAudit(db));
  expect(verified).toMatchObject({ intact: true });
  expect((await ask("GET", "/v1/audit/verification?against=x")).status).toBe(422);
});

test("every address that changes something is audited, but those that are named here", () => {
  const left = server.routes
    .filter((one) => one.method !== "GET" && !isAudited(one))
    .map((one) => `${one.method} ${one.path}`);
  const calls = ["identify", "track", "page", "screen", "group", "alias", "batch", "i", "t", "p", "s", "g", "a", "b"];
  const machines = calls.map((call) => `POST /v1/${call}`);
  const known = [
    ...machines,
    "POST /v1/events",
    "POST /v1/session", // enters itself who it was
    // these only look
    "POST /v1/campaigns/validate",
    "POST /v1/campaigns/plan",
    "POST /v1/campaigns/{id}/plan",
    "POST /v1/campaigns/{id}/try",
  ];
  expect(left.filter((one) => !known.includes(one))).toEqual([]);
});
