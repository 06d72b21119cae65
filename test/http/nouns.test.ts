import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { upsertContacts } from "../../src/store/contact.ts";
import { transaction } from "../../src/store/database.ts";
import { setClock } from "../../src/store/clock.ts";
import { testSchema } from "../support/schema.ts";
import { copyOfRules } from "../operate/support/rules.ts";
import { type As, asking, pages } from "./support/asking.ts";
import { type Serving, serveTest } from "./serving.ts";

const schema = await testSchema();
const { db } = schema;
const NOW = new Date("2026-04-01T02:00:00Z");
let serving: Serving;
const ask = asking(db, () => serving);
const marketer: As = { role: "marketer" };
const ops: As = { role: "ops" };
const liNa: As = { role: "sales", person: "li.na" };

/** C0 to C8: the first six have bought 200 days ago, the first two are Li Na's; C1 and C2 share a phone. */
beforeAll(async () => {
  await setClock(db, NOW, 0);
  serving = await serveTest(
    schema,
    {},
    { doctor: async () => [{ what: "Node", ok: true, detail: { en: "20", "zh-CN": "20" } }] },
  );
  await sql`
    insert into customers (customer_id, owner, created_at)
    select 'C' || n, case when n < 2 then 'li.na' end, ${NOW} from generate_series(0, 8) n`.execute(db);
  await sql`
    insert into orders (order_id, customer, paid_at, amount, currency, source)
    select 'o-' || customer_id, id, ${NOW}::timestamptz - interval '200 days', 50000, 'CNY', 'test'
    from customers where customer_id < 'C6'`.execute(db);
  const { rows } = await sql<{ id: number }>`select id from customers order by customer_id`.execute(db);
  await transaction(db, (tx) =>
    upsertContacts(
      tx,
      [
        { customer: rows[0]!.id, kind: "name", role: "self", value: '=王,"明"' },
        { customer: rows[1]!.id, kind: "phone", role: "self", value: "13812341234" },
        { customer: rows[2]!.id, kind: "phone", role: "self", value: "13812341234" },
      ],
      NOW,
    ),
  );
});
afterAll(() => serving.stop());

describe("segments", () => {
  test("are listed, counted, paged through and explained", async () => {
    const list = (await ask(marketer, "GET", "/v1/segments")).body["items"] as { id: string }[];
    expect(list.map(({ id }) => id)).toContain("one-time-buyers");
    expect((await ask(marketer, "GET", "/v1/segments/one-time-buyers")).body).toMatchObject({
      members: 6,
      customers: 9,
      asOf: NOW.toISOString(),
    });
    const before = "/v1/segments/one-time-buyers?asOf=2025-01-01";
    expect((await ask(marketer, "GET", before)).body).toMatchObject({ members: 0 });
    const members = await pages<{ customer: string }>(ask, marketer, "/v1/segments/one-time-buyers/members?limit=4");
    expect(members.map(({ customer }) => customer)).toEqual(["C0", "C1", "C2", "C3", "C4", "C5"]);
    expect((await ask(marketer, "GET", "/v1/segments/one-time-buyers/members/C7")).body).toMatchObject({
      member: false,
      obstacles: expect.arrayContaining([expect.objectContaining({ holds: false })]),
    });
  });

  test("that are not there, customers that are not there and times that are none are told apart", async () => {
    const told = async (path: string) => (await ask(marketer, "GET", path)).status;
    expect(await told("/v1/segments/one-time-buyer")).toBe(404);
    expect(await told("/v1/segments/one-time-buyers/members/C99")).toBe(404);
    expect(await told("/v1/segments/one-time-buyers?asOf=yesterday")).toBe(422);
    expect(await told("/v1/segments/one-time-buyers/members?limit=0")).toBe(400);
    expect((await ask(marketer, "GET", "/v1/segments/one-time-buyer")).body["detail"]).toContain("one-time-buyers");
  });

  test("say who came and who left since the look before", async () => {
    const diff = (body: object = {}) => ask(ops, "POST", "/v1/segments/one-time-buyers/diff", { body });
    expect((await diff()).body).toMatchObject({ members: 6, entered: [], left: [], more: false });
    await setClock(db, new Date(NOW.getTime() + 60_000), 0);
    await sql`
      insert into orders (order_id, customer, paid_at, amount, currency, source)
      select 'second-' || customer_id, id, ${NOW}, 100, 'CNY', 'test' from customers where customer_id in ('C3', 'C4')`.execute(
      db,
    );
    expect((await diff({ limit: 1 })).body).toMatchObject({ members: 4, left: [{ customer: "C3" }], more: true });
    expect((await diff({ since: "2020-01-01" })).status).toBe(422);
    const at = encodeURIComponent(NOW.toISOString());
    const stays = await pages<{ customer: string }>(ask, ops, `/v1/segments/one-time-buyers/stays?at=${at}&limit=5`);
    expect(stays.map(({ customer }) => customer)).toEqual(["C0", "C1", "C2", "C3", "C4", "C5"]);
    const all = (await ask(ops, "POST", "/v1/segments/diff", { body: {} })).body["items"] as { segment: string }[];
    expect(all.map(({ segment }) => segment)).toContain("dormant");
    await setClock(db, NOW, 0);
  });

  test("make a planning table: JSON, CSV, workbook; sales get their own customers with masked names", async () => {
    const table = "/v1/segments/one-time-buyers/table";
    const rows = (await ask(marketer, "GET", `${table}?names=true&limit=2`)).body["items"] as { customer: string }[];
    expect(rows).toMatchObject([{ customer: "C0", name: '=王,"明"', owner: "li.na" }, { customer: "C1" }]);
    const csv = await ask(marketer, "GET", `${table}.csv?names=1`, { headers: { "accept-language": "zh-CN" } });
    expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(csv.headers.get("content-disposition")).toBe('attachment; filename="one-time-buyers.csv"');
    const lines = csv.bytes.toString().split("\r\n");
    expect(lines[0]).toMatch(/^\uFEFF客户,姓名,负责人/);
    expect(lines[1]).toMatch(/^C0,"'=王,""明""",li\.na/);
    const own = (await ask(liNa, "GET", `${table}.csv?names=1`)).bytes.toString();
    expect(
      own
        .trim()
        .split("\r\n")
        .slice(1)
        .map((line) => line.slice(0, 2)),
    ).toEqual(["C0", "C1"]);
    expect(own).not.toContain("明");
    const book = await ask(marketer, "GET", `${table}.xlsx`);
    expect(book.headers.get("content-type")).toContain("spreadsheetml");
    expect(book.bytes.subarray(0, 4).toString("hex")).toBe("504b0304");
    expect((await ask(marketer, "GET", "/v1/segments/nothing/table.csv")).status).toBe(404);
    const { rows: audited } = await sql<{ action: string }>`
      select distinct action from audit where action like '%table%' order by action`.execute(db);
    expect(audited.map(({ action }) => action)).toEqual([
      "GET /v1/segments/{id}/table",
      "GET /v1/segments/{id}/table.csv",
      "GET /v1/segments/{id}/table.xlsx",
    ]);
  });
});

test("everybody is scored on demand, and one customer's scores are explained to whose customer it is", async () => {
  expect((await ask(ops, "GET", "/v1/scores")).status).toBe(404);
  expect((await ask(marketer, "GET", "/v1/customers/C0/scores")).status).toBe(422);
  expect((await ask(marketer, "POST", "/v1/scores", { body: {} })).status).toBe(403);
  expect((await ask(ops, "POST", "/v1/scores", { body: { asOf: "2026-01-01" } })).body).toMatchObject({
    stored: false,
  });
  expect((await ask(ops, "POST", "/v1/scores", { body: {} })).body).toMatchObject({ stored: true });
  expect((await ask(ops, "GET", "/v1/scores")).body).toMatchObject({ stored: true, asOf: NOW.toISOString() });
  expect((await ask(liNa, "GET", "/v1/customers/C0/scores")).body).toMatchObject({
    customer: "C0",
    tier: expect.any(String),
    stages: expect.any(Array),
  });
  expect((await ask(liNa, "GET", "/v1/customers/C5/scores")).status).toBe(404);
});

describe("what marketers write", () => {
  test("is checked whole, and said what it may say", async () => {
    const { status, body } = await ask(marketer, "GET", "/v1/rules/validate");
    expect([status, body["errors"]]).toEqual([200, []]);
    expect(body["files"]).toBeGreaterThan(50);
    const vars = (await ask(marketer, "GET", "/v1/rules/vars")).body as { variables: { name: string }[] };
    expect(vars.variables.map(({ name }) => name)).toContain("customer.id");
    const segment = await ask(marketer, "GET", "/v1/rules/schema/segment");
    expect(segment.body).toMatchObject({ title: "Rekindle segment" });
    expect((await ask(marketer, "GET", "/v1/rules/schema/segmnt")).body["detail"]).toContain('did you mean "segment"?');
  });

  test("with faults is told as it is now, not as it was when the server started", async () => {
    const rules = await copyOfRules();
    const other = await serveTest(schema, { rules: rules.dir });
    const asked = asking(db, () => other);
    expect((await asked(marketer, "GET", "/v1/rules/validate")).body["errors"]).toEqual([]);
    await rules.edit("segments/dormant.json", '"rule"', '"ruel"');
    const { body } = await asked(marketer, "GET", "/v1/rules/validate", { headers: { "accept-language": "zh-CN" } });
    expect(body["errors"]).toContainEqual(
      expect.objectContaining({
        file: expect.stringContaining("dormant.json"),
        detail: expect.stringMatching(/\p{Script=Han}/u),
      }),
    );
    expect((await asked(marketer, "GET", "/v1/segments/dormant")).status).toBe(422);
    await other.stop();
  });

  test("templates are seen as their readers see them", async () => {
    const list = (await ask(marketer, "GET", "/v1/templates")).body["items"] as { name: string }[];
    expect(list.map(({ name }) => name)).toContain("invite");
    const preview = await ask(marketer, "GET", "/v1/templates/invite/preview?locale=zh-CN&customer=C0");
    expect(preview.body).toMatchObject({ subject: expect.any(String), html: expect.stringContaining("<html") });
    expect(preview.body["text"]).toMatch(/\p{Script=Han}/u);
    expect((await ask(marketer, "GET", "/v1/templates/invit/preview")).status).toBe(404);
    expect((await ask(marketer, "GET", "/v1/templates/..%2F..%2Fpackage/preview")).status).toBe(404);
    expect((await ask(marketer, "GET", "/v1/templates/invite/preview?customer=C99")).status).toBe(404);
  });
});

test("data status, duplicates and doctor answer ops", async () => {
  expect((await ask(ops, "GET", "/v1/data/status")).body).toMatchObject({ customers: 9, withoutConsent: 9 });
  expect((await ask(ops, "GET", "/v1/data/duplicates")).body).toEqual({
    items: [{ kind: "phone", customers: ["C1", "C2"] }],
  });
  expect((await ask(ops, "GET", "/v1/doctor")).body).toMatchObject({ items: [{ what: "Node", ok: true }] });
});
