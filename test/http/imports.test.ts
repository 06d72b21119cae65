import { mkdtemp, readdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { LIMITS } from "../../src/http/guard/limit.ts";
import { createApiKey } from "../../src/store/api-key.ts";
import { testSchema } from "../support/schema.ts";
import { type As, asking, pages } from "./support/asking.ts";
import { type Serving, serveTest } from "./serving.ts";

const schema = await testSchema();
const { db } = schema;
let serving: Serving;
let folder: string;
const ask = asking(db, () => serving);
const ops: As = { role: "ops" };
const backend: As = { role: "backend" };
const csv = { "content-type": "text/csv" };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "uploads "));
  vi.stubEnv("TMPDIR", folder);
  serving = await serveTest(schema);
});
afterAll(async () => {
  await serving.stop();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const send = (what: string, body: string | Uint8Array, query = "", headers: Record<string, string> = csv) =>
  ask(backend, "POST", `/v1/imports/${what}${query}`, { body, headers });
const count = async (table: string) =>
  (await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db)).rows[0]!.n;

test("a file is taken in as the command takes it; what was left out is told and can be had", async () => {
  const lines = Array.from({ length: 150 }, (_, i) => `C${i},${i < 30 ? `c${i}@example.com` : "no address"}`);
  const { status, body } = await send("customers", `customer_id,email\n${lines.join("\n")}\n`, "?file=客户%201.csv");
  expect([status, body]).toMatchObject([
    200,
    { what: "customers", file: "客户 1.csv", lines: 150, accepted: 30, rejected: 120, created: 30, dryRun: false },
  ]);
  const rejects = body["rejects"] as { first: object[]; all: string; whole: boolean };
  expect(rejects.first).toHaveLength(100);
  expect(rejects.first[0]).toMatchObject({ line: 32, field: "email", reason: expect.any(String) });
  expect(rejects.whole).toBe(true);
  const rest = await ask(ops, "GET", rejects.all);
  expect(rest.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(rest.bytes.toString().trim().split("\n")).toHaveLength(121);
  expect((await ask({ role: "sales" }, "GET", rejects.all)).status).toBe(403);
  expect(await count("customers")).toBe(30);
});

test("other formats, packed files and columns by name are read; a dry run keeps nothing", async () => {
  const ndjson = '{"order_id":"o1","customer_id":"C1","paid_at":"2026-01-01","amount":10,"currency":"CNY"}\n';
  const type = { "content-type": "application/x-ndjson" };
  expect((await send("orders", ndjson, "?dryRun=true", type)).body).toMatchObject({ dryRun: true, created: 1 });
  expect(await count("orders")).toBe(0);
  const packed = { ...type, "content-encoding": "gzip" };
  expect((await send("orders", gzipSync(ndjson), "", packed)).body).toMatchObject({
    created: 1,
    facts: { format: "ndjson" },
    rejects: { first: [], all: null, whole: true },
  });
  const again = await send(
    "orders",
    "no,who,when,sum\no1,C1,2026-01-01,12\n",
    `?map=${encodeURIComponent("order_id=no,customer_id=who,paid_at=when,amount=sum")}`,
  );
  expect(again.body).toMatchObject({ updated: 1, created: 0 });
});

test("a file that cannot be used is refused whole, and our folders are not told", async () => {
  const missing = await send("customers", "email\na@example.com\n", "?file=a.csv");
  expect([missing.status, missing.body["detail"]]).toEqual([422, expect.stringContaining("customer_id")]);
  const nothing = await send("customers", "customer_id,email\nC900,no address\nC901,no address\n");
  expect([nothing.status, nothing.body["type"]]).toEqual([422, "urn:rekindle:problem:nothing-taken"]);
  expect(nothing.body["errors"]).toMatchObject([{ pointer: "line 2 email" }, { pointer: "line 3 email" }]);
  const link = /\/v1\/imports\/[\w-]+\/rejects/.exec(String(nothing.body["detail"]))![0];
  expect((await ask(ops, "GET", link)).bytes.toString()).toContain("email");
  const old = await send("customers", Buffer.from("d0cf11e0a1b11ae1", "hex"), "?file=old.xls");
  expect(old.status).toBe(422);
  expect((await send("customers", "", "")).status).toBe(422);
  expect((await send("customers", "a", "?map=x")).status).toBe(422);
  expect((await send("robots", "a")).status).toBe(404);
  for (const { bytes } of [missing, nothing, old]) expect(bytes.toString()).not.toContain(folder);
  expect(await count("customers")).toBe(30);
});

test("a file may be larger than other bodies, up to a limit of its own", async () => {
  const line = `x,${"y".repeat(990)}\n`;
  const large = await send("customers", `customer_id,note\n${line.repeat(3_000)}`, "?dryRun=1");
  expect(large.body).toMatchObject({ lines: 3_000, duplicates: 2_999 });
  const most = LIMITS.fileBytes;
  LIMITS.fileBytes = 100_000;
  try {
    expect((await send("customers", `customer_id,note\n${line.repeat(200)}`)).status).toBe(413);
    const bomb = gzipSync(Buffer.alloc(5_000_000, 32));
    expect((await send("customers", bomb, "", { ...csv, "content-encoding": "gzip" })).status).toBe(413);
  } finally {
    LIMITS.fileBytes = most;
  }
});

test("a file has so many columns and no more, however its lines bring them", async () => {
  const object = (i: number) => JSON.stringify({ customer_id: `K${i}`, [`key${i}`]: 1 });
  const ndjson = (lines: number) => Array.from({ length: lines }, (_, i) => object(i)).join("\n");
  const csvOf = (columns: number) =>
    `customer_id,${Array.from({ length: columns }, (_, i) => `c${i}`).join(",")}\nK0\n`;
  const type = { "content-type": "application/x-ndjson" };
  for (const refused of [await send("customers", ndjson(1_100), "", type), await send("customers", csvOf(1_100))]) {
    expect([refused.status, refused.body["detail"]]).toEqual([422, expect.stringContaining("1,000 columns")]);
  }
  expect((await send("customers", ndjson(900), "?dryRun=true", type)).body).toMatchObject({ accepted: 900 });
});

test("a key that may post certain events only may not bring others by a file", async () => {
  const key = await createApiKey(db, "carts", "backend", new Date(), { types: ["cart.*", "order.*"] });
  const headers = { ...csv, authorization: `Bearer ${key}` };
  const orders = "order_id,customer_id,paid_at,amount,currency\nk1,C1,2026-01-01,5,CNY\n";
  expect((await send("orders", orders, "?dryRun=true", headers)).status).toBe(200);
  expect((await send("order-items", "order_id,sku\no1,tea\n", "?dryRun=true", headers)).status).toBe(200);
  for (const what of ["customers", "events"]) {
    const { status, body } = await send(what, "customer_id,email\nC1,evil@example.com\n", "", headers);
    expect([status, body["type"]]).toEqual([403, "urn:rekindle:problem:event-type"]);
  }
});

test("of a sender that goes away nothing is stored, and of no import a file stays behind", async () => {
  const { port } = new URL(serving.server.url);
  const key = await serving.key("backend");
  const socket = connect(Number(port), "127.0.0.1");
  const head = `POST /v1/imports/customers HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: text/csv\r\ncontent-length: 1000\r\n\r\n`;
  socket.write(`${head}customer_id\nGONE-1\nGONE-2\n`);
  await vi.waitFor(async () => expect(await readdir(folder)).toHaveLength(1), { timeout: 90_000, interval: 20 });
  socket.destroy();
  await vi.waitFor(async () => expect(await readdir(folder)).toEqual([]), { timeout: 90_000, interval: 20 });
  const { rows } = await sql`select 1 from customers where customer_id like 'GONE%'`.execute(db);
  expect(rows).toEqual([]);
});

test("imports are listed, the latest first, whoever did them", async () => {
  const list = await pages<{ what: string; accepted: number }>(ask, { role: "marketer" }, "/v1/imports?limit=1");
  expect(list.map(({ what, accepted }) => [what, accepted])).toEqual([
    ["orders", 1],
    ["orders", 1],
    ["customers", 30],
  ]);
  const { rows } = await sql<{ target: object }>`
    select target from audit where action = 'POST /v1/imports/customers' and outcome = 'done' order by nr limit 1`.execute(
    db,
  );
  expect(rows[0]!.target).toMatchObject({ accepted: 30, rejected: 120 });
});
