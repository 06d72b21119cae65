import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import iconv from "iconv-lite";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import writeExcel from "write-excel-file/node";
import { InputError } from "../../src/fault.ts";
import { dataStatus } from "../../src/operate/data-status.ts";
import { parseOverrides } from "../../src/operate/import/headers.ts";
import type { Home } from "../../src/operate/import/home.ts";
import { importFile, type ImportOptions } from "../../src/operate/import/import.ts";
import type { FileFacts } from "../../src/operate/import/reading.ts";
import { testSchema, type TestSchema } from "../support/schema.ts";

const home: Home = {
  timezone: "Asia/Shanghai",
  currency: "CNY",
  exponent: 2,
  traits: {
    city: { type: "string", labels: ["city", "城市"] },
    visits: { type: "number", labels: [] },
    birthday: { type: "date", labels: ["生日"] },
    tags: { type: "strings", labels: [] },
    vip: { type: "boolean", labels: [] },
    credit: { type: "money", labels: [] },
  },
};

let store: TestSchema;
let folder: string;
beforeAll(async () => {
  store = await testSchema();
  folder = await mkdtemp(join(tmpdir(), "import test "));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  await sql`truncate customers, contacts, consents, orders, order_items, events, imports, data_sources cascade`.execute(
    store.db,
  );
});

let facts: FileFacts;
const quiet = { facts: (found: FileFacts) => void (facts = found), reading: () => undefined, storing: () => undefined };
const run = (what: ImportOptions["what"], file: string, options: Partial<ImportOptions> = {}) =>
  importFile(store, home, { what, file, overrides: new Map(), dryRun: false, locale: "en", ...options }, quiet);

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}
async function rows<T = Record<string, unknown>>(query: ReturnType<typeof sql<T>>): Promise<T[]> {
  return (await query.execute(store.db)).rows;
}
const count = async (table: string) =>
  (await rows(sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`))[0]!.n;
const contacts = () =>
  rows<{ customer_id: string; kind: string; role: string; value: string }>(sql`
    select customer_id, kind, role, value from contacts k join customers c on c.id = k.customer order by 1, 2, 3`);

const CHINESE =
  "客户编号,姓名,邮箱,手机,城市,是否同意营销,生日\n0001,李娜,li.na@shop.example,138 1234 5678,北京,是,1990年2月3日\n0002,王伟,,+86 139 0000 1111,上海,否,\n0003,Tom,tom@shop.example,,,,\n";

async function expectChinese() {
  expect(await contacts()).toEqual([
    { customer_id: "0001", kind: "email", role: "self", value: "li.na@shop.example" },
    { customer_id: "0001", kind: "name", role: "self", value: "李娜" },
    { customer_id: "0001", kind: "phone", role: "self", value: "13812345678" },
    { customer_id: "0002", kind: "name", role: "self", value: "王伟" },
    { customer_id: "0002", kind: "phone", role: "self", value: "13900001111" },
    { customer_id: "0003", kind: "email", role: "self", value: "tom@shop.example" },
    { customer_id: "0003", kind: "name", role: "self", value: "Tom" },
  ]);
  expect(await rows(sql`select traits from customers order by customer_id`)).toEqual([
    { traits: { city: "北京", birthday: "1990-02-03" } },
    { traits: { city: "上海" } },
    { traits: {} },
  ]);
}

test.each<[string, (text: string) => Buffer, string]>([
  ["UTF-8", (text) => Buffer.from(text), "utf-8"],
  ["UTF-8 with a mark", (text) => Buffer.from(`\uFEFF${text}`), "utf-8"],
  ["GB18030", (text) => iconv.encode(text, "gb18030"), "gb18030"],
  ["UTF-16", (text) => iconv.encode(text, "utf-16le", { addBOM: true }), "utf-16le"],
  ["UTF-8, semicolons, CRLF", (text) => Buffer.from(text.replaceAll(",", ";").replaceAll("\n", "\r\n")), "utf-8"],
  ["GB18030, tabs", (text) => iconv.encode(text.replaceAll(",", "\t"), "gb18030"), "gb18030"],
  ["UTF-8, a title and its delimiter told", (text) => Buffer.from(`sep=,\r\n客户清单,,,,,,\n${text}`), "utf-8"],
])("a Chinese customer list in %s", async (_, encode, encoding) => {
  const summary = await run("customers", await file("客户.csv", encode(CHINESE)));
  expect(summary).toMatchObject({ lines: 3, accepted: 3, created: 3, rejected: 0, rejects: null, withoutConsent: 2 });
  expect(facts.encoding).toBe(encoding);
  expect(facts.columns.map(({ field }) => field)).toEqual([
    "customer_id",
    "name",
    "email",
    "phone",
    "traits.city",
    "consent",
    "traits.birthday",
  ]);
  await expectChinese();
});

test("the same list as a workbook, with real dates and numbers", async () => {
  const header = ["客户编号", "姓名", "邮箱", "手机", "城市", "是否同意营销", "生日"].map((value) => ({ value }));
  const path = join(folder, "客户.xlsx");
  await writeExcel([
    header,
    [
      { value: "0001" },
      { value: "李娜" },
      { value: "li.na@shop.example" },
      { value: 13812345678, type: Number },
      { value: "北京" },
      { value: true, type: Boolean },
      { value: new Date("1990-02-03"), type: Date, format: "yyyy-mm-dd" },
    ],
    [
      { value: "0002" },
      { value: "王伟" },
      null,
      { value: "+86 139 0000 1111" },
      { value: "上海" },
      { value: "否" },
      null,
    ],
    [{ value: "0003" }, { value: "Tom" }, { value: "tom@shop.example" }, null, null, null, null],
  ] as never).toFile(path);
  expect(await run("customers", path)).toMatchObject({ accepted: 3, rejected: 0, withoutConsent: 2 });
  expect(facts.format).toBe("xlsx");
  await expectChinese();
});

test("the same list as NDJSON, whose later lines have more keys", async () => {
  const lines = [
    { customer_id: "0003", name: "Tom", email: "tom@shop.example" },
    {
      customer_id: "0001",
      name: "李娜",
      email: "li.na@shop.example",
      phone: 13812345678,
      city: "北京",
      consent: true,
      birthday: "1990-02-03",
    },
    { customer_id: "0002", name: "王伟", phone: "+86 139 0000 1111", city: "上海", consent: "no" },
  ];
  const text = `${lines.map((line) => JSON.stringify(line)).join("\n")}\nnot json\n[1]\n`;
  expect(await run("customers", await file("c.ndjson", text))).toMatchObject({
    accepted: 3,
    rejected: 2,
    withoutConsent: 2,
  });
  await expectChinese();
});

test("consent is what was said, per channel; who said nothing is not contactable", async () => {
  const text = "customer_id,consent,consent_email\na,yes,no\nb,,yes\nc,,\nd,no,\n";
  expect(await run("customers", await file("consent.csv", text))).toMatchObject({ withoutConsent: 2 });
  const found = await rows<{ customer_id: string; granted: string[] | null; refused: string[] | null }>(sql`
    select customer_id, array_agg(channel order by channel) filter (where granted) as granted,
      array_agg(channel order by channel) filter (where not granted) as refused
    from customers c left join consents k on k.customer = c.id group by 1 order by 1`);
  expect(found).toEqual([
    { customer_id: "a", granted: ["phone", "sms", "wecom-customer"], refused: ["email"] },
    { customer_id: "b", granted: ["email"], refused: null },
    { customer_id: "c", granted: null, refused: null },
    { customer_id: "d", granted: null, refused: ["email", "phone", "sms", "wecom-customer"] },
  ]);
});

test("who has unsubscribed stays so, whatever an older list says", async () => {
  await run("customers", await file("first.csv", "customer_id,consent\na,yes\nb,yes\n"));
  await sql`update consents set granted = false, source = 'unsubscribe', at = '2026-03-01' where channel = 'email'`.execute(
    store.db,
  );
  const summary = await run(
    "customers",
    await file("again.csv", "customer_id,consent,consent_at\na,yes,\nb,yes,2026-03-02\n"),
  );
  expect(summary.refusalsKept).toBe(1);
  expect(
    await rows(
      sql`select customer_id, granted from customers c join consents k on k.customer = c.id and channel = 'email' order by 1`,
    ),
  ).toEqual([
    { customer_id: "a", granted: false },
    { customer_id: "b", granted: true },
  ]);
});

test("lines that cannot be taken are listed with line, field, reason and a way out; the others are imported", async () => {
  const text = [
    "customer_id,name,email,phone,visits,birthday",
    "a,Ann,ann@shop,13812345678,1,",
    'b,"Bob, ""the"" builder",bob@shop.example,1.38E+10,many,2024-02-30',
    ",Nobody,,,,",
    "c,Cy,cy@shop.example,,3,1990-01-02",
    "d,Di",
    "1.2E+11,Eve,,,,",
  ].join("\n");
  const path = await file("faulty.csv", text);
  const summary = await run("customers", path);
  expect(summary).toMatchObject({ lines: 6, accepted: 1, rejected: 5, rejects: `${path}.rejects.csv` });
  const listed = (await readFile(summary.rejects!, "utf8")).replace("\uFEFF", "").trim().split("\n");
  expect(listed[0]).toBe("line,field,reason,hint");
  expect(listed.slice(1).map((line) => line.split(",").slice(0, 2).join(","))).toEqual([
    "2,email",
    "3,phone",
    "3,visits",
    "3,birthday",
    "4,customer_id",
    "6,",
    "7,customer_id",
  ]);
  expect(listed[2]).toContain("format the column as text");
  expect(await rows(sql`select customer_id, traits from customers`)).toEqual([
    { customer_id: "c", traits: { visits: 3, birthday: "1990-01-02" } },
  ]);
  expect(JSON.stringify(listed)).not.toContain("Bob");
});

test("importing again changes what the file says, keeps what it does not, and adds nothing", async () => {
  await run(
    "customers",
    await file(
      "one.csv",
      "customer_id,name,email,city,tags,vip,credit,备注\na,Ann,ann@shop.example,Paris,x;y,yes,¥1234.5,vip 客户\n",
    ),
  );
  const before = await rows(sql`select id from contacts order by id`);
  const again = await run(
    "customers",
    await file("two.csv", "customer_id,email,city\na,new@shop.example,\na,newer@shop.example,\n"),
  );
  expect(again).toMatchObject({ created: 0, updated: 1, duplicates: 1 });
  expect((await contacts()).map(({ value }) => value)).toEqual(["newer@shop.example", "Ann"]);
  expect(await rows(sql`select id from contacts order by id`)).toEqual(before);
  expect(await rows(sql`select traits from customers`)).toEqual([
    { traits: { city: "Paris", tags: ["x", "y"], vip: true, credit: 1234.5, 备注: "vip 客户" } },
  ]);
});

test("addresses of others who belong to a customer keep their role", async () => {
  await run(
    "customers",
    await file("roles.csv", "customer_id,email,email:billing\na,ann@shop.example,books@shop.example\n"),
  );
  expect((await contacts()).map(({ role, value }) => [role, value])).toEqual([
    ["billing", "books@shop.example"],
    ["self", "ann@shop.example"],
  ]);
});

test("a foreign purchase log: other headers, unknown customers, repeated orders", async () => {
  const text =
    '用户ID,订单号,付款时间,实付金额\n4,A1,19970101,29.33\n4,A2,1997年1月18日,"¥1,229.73"\n21,B1,1997/1/1 23:30,14.96元\n21,B1,1997/1/1 23:30,15.96元\n';
  const summary = await run("orders", await file("log.csv", iconv.encode(text, "gb18030")));
  expect(summary).toMatchObject({ accepted: 4, created: 3, duplicates: 1, newCustomers: 2, rejected: 0 });
  const found = await rows(
    sql`select order_id, customer_id, paid_at, amount, currency, status from orders o join customers c on c.id = o.customer order by 1`,
  );
  expect(found).toEqual([
    {
      order_id: "A1",
      customer_id: "4",
      paid_at: new Date("1996-12-31T16:00:00Z"),
      amount: 2933,
      currency: "CNY",
      status: "paid",
    },
    {
      order_id: "A2",
      customer_id: "4",
      paid_at: new Date("1997-01-17T16:00:00Z"),
      amount: 122973,
      currency: "CNY",
      status: "paid",
    },
    {
      order_id: "B1",
      customer_id: "21",
      paid_at: new Date("1997-01-01T15:30:00Z"),
      amount: 1596,
      currency: "CNY",
      status: "paid",
    },
  ]);
});

test("an order that came by an event is not changed by a file", async () => {
  await run(
    "orders",
    await file("o.csv", "order_id,customer_id,paid_at,amount\nx,a,2026-01-01,10\ny,a,2026-01-01,20\n"),
  );
  await sql`update orders set source = 'shop' where order_id = 'x'`.execute(store.db);
  const summary = await run(
    "orders",
    await file(
      "o2.csv",
      "order_id,customer_id,paid_at,amount,status,退款金额\nx,a,2026-01-01,11,已退款,\ny,a,2026-01-01,20,paid,5\nz,a,2026-01-02,7,已退款,\n",
    ),
  );
  expect(summary).toMatchObject({ created: 1, updated: 1, kept: 1 });
  expect(await rows(sql`select order_id, amount, refunded, status from orders order by 1`)).toEqual([
    { order_id: "x", amount: 1000, refunded: 0, status: "paid" },
    { order_id: "y", amount: 2000, refunded: 500, status: "paid" },
    { order_id: "z", amount: 700, refunded: 700, status: "refunded" },
  ]);
});

test("items are those of the latest file; items of unknown orders are left out", async () => {
  await run("orders", await file("o.csv", "order_id,customer_id,paid_at,amount\nx,a,2026-01-01,10\n"));
  const first = await run(
    "order-items",
    await file(
      "i.csv",
      "订单号,商品编号,类目,数量,单价,颜色\nx,t1,tea,2,¥2.50,red\nnone,t1,tea,1,1,\nx,t2,mug,1,5,\nx,t2,mug,0,5,\n",
    ),
  );
  expect(first).toMatchObject({ accepted: 2, rejected: 2, created: 2 });
  expect(await readFile(first.rejects!, "utf8")).toContain("3,order_id,there is no such order,import orders first");
  await run("order-items", await file("i2.csv", "order_id,sku,qty,price\nx,t9,1,10\n"));
  expect(await rows(sql`select line, sku, category, qty::float8 as qty, price, data from order_items`)).toEqual([
    { line: 1, sku: "t9", category: null, qty: 1, price: 1000, data: {} },
  ]);
});

test("imported events are history: they are facts, and nothing reacts to them", async () => {
  const text =
    "event_id,customer_id,type,occurred_at,score,code,note\ne1,a,check_in,2026-03-01 09:00,5,007,\ne2,a,check_in,2026-03-02,4,8,hi\ne2,a,check_in,2026-03-02,3,8,hi\n";
  expect(await run("events", await file("e.csv", text))).toMatchObject({ created: 2, duplicates: 1, newCustomers: 1 });
  expect(await run("events", await file("e.csv", text))).toMatchObject({ created: 0, kept: 2 });
  const found = await rows(
    sql`select event_id, source, type, occurred_at, data, reacted_at is not null as reacted, customer is not null as known from events order by 1`,
  );
  expect(found).toEqual([
    {
      event_id: "e1",
      source: "import",
      type: "check_in",
      occurred_at: new Date("2026-03-01T01:00:00Z"),
      data: { score: 5, code: "007" },
      reacted: true,
      known: true,
    },
    {
      event_id: "e2",
      source: "import",
      type: "check_in",
      occurred_at: new Date("2026-03-01T16:00:00Z"),
      data: { score: 3, code: 8, note: "hi" },
      reacted: true,
      known: true,
    },
  ]);
});

test("a file without a recognisable column is refused with what it has; --map names it", async () => {
  const path = await file("odd.csv", "who,when,how much,no\n7,2026-01-01,10,o1\n");
  const failure = await run("orders", path).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(InputError);
  expect((failure as InputError).faults.map((fault) => fault.message.en)).toEqual(
    ["order_id", "customer_id", "paid_at", "amount"].map((name) => `no column was recognised as ${name}`),
  );
  const overrides = parseOverrides(["customer_id=who,paid_at=when", "amount=how much,order_id=no"]);
  expect(await run("orders", path, { overrides })).toMatchObject({ accepted: 1 });
  const wrong = await run("orders", path, { overrides: parseOverrides(["ammount=how much,order_id=nr"]) }).catch(
    (error: unknown) => error,
  );
  expect((wrong as InputError).faults.map((fault) => fault.hint?.en)).toEqual([
    'did you mean "amount"?',
    'did you mean "no"?',
  ]);
});

test("nothing is stored by a dry run, by a file without a good line, or by a file that breaks off", async () => {
  const good = await file("good.csv", "customer_id,name\na,Ann\n");
  expect(await run("customers", good, { dryRun: true })).toMatchObject({ accepted: 1, created: 1, dryRun: true });
  const bad = await file("bad.csv", "customer_id,email\na,nowhere\n");
  await expect(run("customers", bad)).rejects.toThrow("none of 1 lines");
  expect(await stat(`${bad}.rejects.csv`).then((found) => found.isFile())).toBe(true);
  const broken = await file(
    "broken.csv",
    `customer_id,name\n${"a,Ann\n".repeat(3000)}b,"never closed\n${"c,Cy\n".repeat(3000)}`,
  );
  await expect(run("customers", broken)).rejects.toThrow(InputError);
  const damaged = Buffer.concat([
    Buffer.from(`客户编号,姓名\n${"1,李娜王伟张敏\n".repeat(20)}`),
    Buffer.from([0xff, 0x20]),
    Buffer.from("\n"),
  ]);
  await expect(run("customers", await file("damaged.csv", damaged))).rejects.toThrow(/line 22/);
  await expect(run("customers", join(folder, "absent.csv"))).rejects.toThrow(InputError);
  await expect(run("customers", await file("empty.csv", ""))).rejects.toThrow(InputError);
  expect([await count("customers"), await count("imports"), await count("data_sources")]).toEqual([0, 0, 0]);
});

test("data status says how much, how old, and what is missing", async () => {
  await run(
    "customers",
    await file(
      "s.csv",
      "customer_id,name,email,phone,consent_email\na,Ann,Same@shop.example,13812345678,yes\nb,Bob,same@shop.example,+8613812345678,\nc,Cy,,,\n",
    ),
  );
  await run("orders", await file("o.csv", "order_id,customer_id,paid_at,amount\nx,z,2026-01-01,10\n"));
  const status = await dataStatus(store.db);
  expect(status).toMatchObject({
    customers: 4,
    orders: 1,
    unreachable: 2,
    withoutConsent: 3,
    consents: [{ channel: "email", customers: 1 }],
  });
  expect(status.duplicates).toEqual([
    { kind: "email", addresses: 1, customers: 2 },
    { kind: "phone", addresses: 1, customers: 2 },
  ]);
  expect(status.sources.map(({ source, rows }) => [source, rows])).toEqual([
    ["customers", 3],
    ["orders", 1],
  ]);
  expect(Math.abs(status.sources[0]!.ageDays)).toBeLessThan(0.01);
});
