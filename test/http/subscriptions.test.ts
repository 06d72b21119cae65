import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { troubledSubscriptions } from "../../src/operate/subscription.ts";
import { isSomeoneUnheard } from "../../src/store/subscription.ts";
import type { Role } from "../../src/store/api-key.ts";
import { subscriber } from "../delivery/subscriber.ts";
import { testSchema } from "../support/schema.ts";
import { type Serving, serveTest } from "./serving.ts";

const schema = await testSchema();
let serving: Serving;
const keys = new Map<Role, string>();
beforeAll(async () => {
  serving = await serveTest(schema, { webhookPrivateHosts: ["127.0.0.1"] });
});
afterAll(() => serving.stop());

interface Body {
  [name: string]: unknown;
  errors?: { pointer: string; detail: string; hint?: string }[];
  items?: Record<string, unknown>[];
  next?: string | null;
}

async function ask(method: string, path: string, body?: unknown, role: Role = "backend", language = "en") {
  if (!keys.has(role)) keys.set(role, await serving.key(role));
  const response = await fetch(`${serving.server.url}/v1/subscriptions${path}`, {
    method,
    headers: {
      authorization: `Bearer ${keys.get(role)}`,
      "accept-language": language,
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as Body };
}

describe("/v1/subscriptions", () => {
  test("a subscription is made, shown without its secret, paused, resumed, given a new secret, ended", async () => {
    const made = await ask("POST", "", {
      id: "crm",
      url: "https://crm.example/told",
      types: ["message.*", "converted"],
    });
    expect(made.status).toBe(201);
    expect(made.body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
    expect(made.body.subscription).toMatchObject({
      id: "crm",
      status: "active",
      types: ["converted", "message.accepted", "message.rejected", "message.unknown", "message.withheld"],
      createdBy: "test backend",
    });
    const listed = await ask("GET", "", undefined, "ops");
    expect(listed.body.items).toEqual([made.body.subscription]);
    expect(JSON.stringify(listed.body)).not.toMatch(/whsec|secret/);
    expect((await ask("POST", "/crm/pause")).body).toMatchObject({ status: "paused", reason: "by hand" });
    expect((await ask("POST", "/crm/resume")).body).toMatchObject({ status: "active", reason: null });
    const rotated = await ask("POST", "/crm/rotate", { graceHours: 2 });
    expect(rotated.body.secret).toMatch(/^whsec_/);
    expect(rotated.body.secret).not.toBe(made.body.secret);
    expect((await ask("DELETE", "/crm")).status).toBe(204);
    expect((await ask("GET", "/crm")).status).toBe(404);
  });

  test("all that is wrong with one is said at once, in the asker's language", async () => {
    const wrong = { id: "My CRM", url: "http://10.0.0.1/", types: ["converted", "mesage.accepted"] };
    const { status, body } = await ask("POST", "", wrong, "ops", "zh-CN");
    expect(status).toBe(422);
    expect(body.errors!.map(({ pointer }) => pointer)).toEqual(["/id", "/url", "/types/1"]);
    expect(body.errors![2]!.hint).toContain("message.accepted");
    for (const url of [
      "https://169.254.169.254/latest",
      "https://[::1]/",
      "ftp://a.example/",
      "https://u:p@a.example/",
    ])
      expect(await ask("POST", "", { id: "a", url, types: ["*"] })).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: "/url" }] },
      });
    expect((await ask("POST", "", { id: "a", url: "https://a.example", types: ["*"], secret: "mine" })).status).toBe(
      400,
    );
    expect((await ask("GET", "")).body.items).toEqual([]);
  });

  test("a name is taken once", async () => {
    const wish = { id: "twice", url: "https://a.example/", types: ["converted"] };
    const both = await Promise.all([ask("POST", "", wish), ask("POST", "", wish)]);
    expect(both.map(({ status }) => String(status)).sort()).toEqual(["201", "422"]);
    await ask("DELETE", "/twice");
  });

  test("a test event is posted at once, signed, and the answer is told", async () => {
    const other = await subscriber((_, nth) => (nth === 1 ? 200 : 500));
    await ask("POST", "", { id: "tried", url: other.url, types: ["converted"] });
    expect((await ask("POST", "/tried/test")).body).toMatchObject({ result: "accepted", status: 200 });
    expect((await ask("POST", "/tried/test")).body).toMatchObject({ result: "temporary", reason: "http-500" });
    expect(other.taken).toMatchObject([{ type: "subscription.test", data: { subscription: "tried" } }]);
    expect(other.requests[0]!.headers["webhook-signature"]).toMatch(/^v1,/);
    other.close();
    await ask("DELETE", "/tried");
  });

  test("the dead list is paged through, and offered again", async () => {
    await ask("POST", "", { id: "dead", url: "https://a.example/", types: ["converted"] });
    await sql`
      insert into notices (subscription, id, type, subject, at, data, status, settled_at, reason)
      select 'dead', gen_random_uuid(), 'converted', 'C' || n, now(), '{}', 'dead', now(), 'http-400'
      from generate_series(1, 5) n`.execute(schema.db);
    const seen: unknown[] = [];
    for (let after = ""; ;) {
      const { body } = await ask("GET", `/dead/dead?limit=2${after && `&after=${after}`}`);
      seen.push(...body.items!.map(({ customerId }) => customerId));
      if (!body.next) break;
      after = body.next;
    }
    expect(seen).toEqual(["C1", "C2", "C3", "C4", "C5"]);
    const first = (await ask("GET", "/dead/dead?limit=1")).body.items![0]!;
    expect((await ask("POST", "/dead/dead/retry", { ids: [first.id] })).body).toEqual({ retried: 1 });
    expect((await ask("POST", "/dead/dead/retry")).body).toEqual({ retried: 4 });
    expect((await ask("GET", "/dead")).body).toMatchObject({ pending: 5, dead: 0 });
    await ask("DELETE", "/dead");
  });

  test("those that fail, or were paused because of it, are named with what to do", async () => {
    const states = {
      fine: "",
      failing: "failing_since = now(), trouble = 'http-503'",
      asleep: "status = 'paused', reason = 'by hand'",
      lost: "status = 'paused', reason = 'unreachable'",
    };
    for (const [id, state] of Object.entries(states)) {
      await ask("POST", "", { id, url: "https://a.example/", types: ["converted"] });
      if (state) await sql`update subscriptions set ${sql.raw(state)} where id = ${id}`.execute(schema.db);
    }
    const found = await troubledSubscriptions(schema.db);
    expect(found.map(({ what, detail }) => `${what}: ${detail.en}`)).toEqual([
      "subscription failing: failing: http-503 (0 wait, 0 dead)",
      "subscription lost: paused: unreachable (0 wait, 0 dead)",
    ]);
    expect(await isSomeoneUnheard(schema.db)).toBe(true);
    await sql`delete from subscriptions where id in ('failing', 'lost')`.execute(schema.db);
    expect(await isSomeoneUnheard(schema.db)).toBe(false);
    expect(found[1]!.hint.en).toContain("subscription resume lost");
    for (const id of ["fine", "asleep"]) await ask("DELETE", `/${id}`);
  });

  test("nobody else may, and what is not there is 404", async () => {
    for (const role of ["marketer", "sales", "service"] as const)
      expect((await ask("GET", "", undefined, role)).status).toBe(403);
    for (const [method, path] of [
      ["GET", "/none"],
      ["DELETE", "/none"],
      ["POST", "/none/pause"],
      ["POST", "/none/resume"],
      ["POST", "/none/rotate"],
      ["POST", "/none/test"],
      ["GET", "/none/dead"],
      ["POST", "/none/dead/retry"],
    ] as const)
      expect([path, (await ask(method, path)).status]).toEqual([path, 404]);
  });
});
