import { afterAll, expect, test } from "vitest";
import { holderOfKey } from "../../src/store/api-key.ts";
import { setClock } from "../../src/store/clock.ts";
import { testSchema } from "../support/schema.ts";
import { serveTest } from "./serving.ts";

const schema = await testSchema();
const { db } = schema;
const { server, key: keyOf, stop } = await serveTest(schema);
afterAll(stop);
const admin = await keyOf("admin");

/** What answers and problems say, as far as tests look. */
interface Body {
  key: string;
  until: string;
  accepted: number;
  items: { name: string; created_at: string; last_used_on: string }[];
  errors: { index: number; pointer: string; detail: string }[];
}

async function ask(method: string, path: string, body?: unknown, key = admin) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Body };
}
/** what types that act want, together */
const DATA = { order_id: "o-1", amount: 1, code: "x", channel: "email", granted: true };
const post = (key: string, type: string, more: object = {}) =>
  ask(
    "POST",
    "/v1/events",
    { specversion: "1.0", id: `${type}-1`, source: "/shop", type, subject: "c1", data: DATA, ...more },
    key,
  );

test("a key is shown once, listed without itself, and works until it is revoked", async () => {
  const made = await ask("POST", "/v1/keys", { name: "shop", role: "backend", days: 30 });
  expect(made).toMatchObject({ status: 201, body: { name: "shop", role: "backend" } });
  expect(await post(made.body.key, "cart.updated")).toMatchObject({ status: 202 });
  const { body } = await ask("GET", "/v1/keys");
  expect(JSON.stringify(body)).not.toContain(made.body.key);
  const [listed] = body.items.filter((one) => one.name === "shop");
  expect(listed).toMatchObject({ role: "backend", public: false, revoked_at: null });
  expect(listed!.last_used_on).toBe(listed!.created_at.slice(0, 10));
  expect(await ask("POST", "/v1/keys", { name: "shop", role: "backend" })).toMatchObject({ status: 422 });
  expect(await ask("DELETE", "/v1/keys/shop")).toMatchObject({ status: 200, body: { revoked: 1 } });
  expect(await holderOfKey(db, made.body.key)).toBeUndefined();
  expect(await ask("DELETE", "/v1/keys/shop")).toMatchObject({ status: 404 });
});

test("a rotated key works until its grace is over, its successor may the same", async () => {
  const asked = { name: "crm", role: "sales", team: "sales", person: "li", types: ["complaint.*"], days: 90 };
  const { body: first } = await ask("POST", "/v1/keys", asked);
  const { status, body: second } = await ask("POST", "/v1/keys/crm/rotate", { graceHours: 24 });
  expect(status).toBe(201);
  const holder = {
    name: "crm",
    role: "sales",
    kind: "key",
    team: "sales",
    person: "li",
    types: ["complaint.*"],
    public: false,
  };
  expect([await holderOfKey(db, first.key), await holderOfKey(db, second.key)]).toEqual([holder, holder]);
  await setClock(db, new Date(Date.parse(second.until) + 1), 1);
  expect([await holderOfKey(db, first.key), await holderOfKey(db, second.key)]).toEqual([undefined, holder]);
  expect(await ask("POST", "/v1/keys/nobody/rotate", {})).toMatchObject({ status: 404 });
});

test("a public key posts events under its own source, never those that move money, and asks nothing", async () => {
  const { body: made } = await ask("POST", "/v1/keys", { name: "web", role: "backend", public: true });
  expect(made.key).toMatch(/^pk_/);
  expect(await post(made.key, "page.viewed", { source: "public:web" })).toMatchObject({ status: 202 });
  for (const type of ["order.paid", "coupon.redeemed", "complaint.opened", "consent.changed"]) {
    const { status, body } = await post(made.key, type, { source: "public:web" });
    expect([status, body.errors[0]!.pointer]).toEqual([403, "/type"]);
    expect(body.errors[0]!.detail).toContain(type);
  }
  expect(await post(made.key, "page.viewed")).toMatchObject({
    status: 403,
    body: { errors: [{ pointer: "/source" }] },
  });
  expect(await ask("GET", "/v1/events/%2Fshop/cart.updated-1", undefined, made.key)).toMatchObject({ status: 403 });
  expect(await ask("POST", "/v1/keys", { name: "x", role: "ops", public: true })).toMatchObject({ status: 422 });
});

test("a key with event types posts those; of a batch the others are named", async () => {
  const { body: made } = await ask("POST", "/v1/keys", {
    name: "door",
    role: "backend",
    types: ["check_in", "cart.*"],
  });
  const one = (id: string, type: string) => ({
    specversion: "1.0",
    id,
    source: "/door",
    type,
    subject: "c1",
    data: DATA,
  });
  const batch = [one("1", "cart.updated"), one("2", "order.paid"), one("3", "check_in"), one("4", "carts.updated")];
  const { status, body } = await ask("POST", "/v1/events", batch, made.key);
  expect([status, body.accepted, body.errors.map((error) => error.index)]).toEqual([202, 2, [1, 3]]);
  expect(body.errors[0]).toMatchObject({ pointer: "/type", hint: "it may post: check_in, cart.*" });
  expect(await ask("POST", "/v1/events", one("5", "order.paid"), made.key)).toMatchObject({ status: 403 });
});

test("what does not go together is refused, all at once", async () => {
  const { status, body } = await ask("POST", "/v1/keys", {
    name: "\n",
    role: "backend",
    team: "sales",
    types: ["a b"],
  });
  expect([status, body.errors.map((error) => error.pointer)]).toEqual([422, ["/name", "/team", "/types"]]);
  expect(await ask("POST", "/v1/keys", { name: "a", role: "backend", hash: "0" })).toMatchObject({ status: 400 });
});
