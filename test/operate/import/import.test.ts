import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import iconv from "iconv-lite";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { InputError } from "../../../src/fault.ts";
import { duplicatesText, statusText } from "../../../src/cli/data/status-text.ts";
import { mergeCustomers } from "../../../src/operate/customer/merge.ts";
import { findDuplicates } from "../../../src/store/contact.ts";
import { dataStatus } from "../../../src/operate/data-status.ts";
import { parseOverrides } from "../../../src/operate/import/headers.ts";
import { importing } from "../../support/importing.ts";

const it = importing();
const { run, file, rows, count } = it;

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
  await sql`update orders set source = 'shop' where order_id = 'x'`.execute(it.store.db);
  const summary = await run(
    "orders",
    await file(
      "o2.csv",
      "order_id,customer_id,paid_at,amount,status,退款金额\nx,a,2026-01-01,11,已退款,\ny,a,2026-01-01,20,paid,5\nz,a,2026-01-02,7,已退款,\nzz,a,2026-01-02,9,paid,9.00\n",
    ),
  );
  expect(summary).toMatchObject({ created: 2, updated: 1, kept: 1 });
  expect(await rows(sql`select order_id, amount, refunded, status from orders order by 1`)).toEqual([
    { order_id: "x", amount: 1000, refunded: 0, status: "paid" },
    { order_id: "y", amount: 2000, refunded: 500, status: "paid" },
    { order_id: "z", amount: 700, refunded: 700, status: "refunded" },
    { order_id: "zz", amount: 900, refunded: 900, status: "refunded" },
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
  await expect(run("customers", join(it.folder, "absent.csv"))).rejects.toThrow(InputError);
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
  const status = await dataStatus(it.store.db);
  expect(status).toMatchObject({
    customers: 4,
    orders: 1,
    unreachable: 2,
    withoutConsent: 3,
    consents: [{ channel: "email", customers: 1 }],
    scoredAt: null,
    merged: 0,
    missing: [
      { kind: "name", customers: 1 },
      { kind: "email", customers: 2 },
      { kind: "phone", customers: 2 },
      { kind: "wecom", customers: 4 },
    ],
  });
  const told = statusText(status, "en");
  expect(told).toContain("no email: 2\n");
  expect(told).toContain("same phone: 2 customers share 1\n");
  expect(told).toContain("last scored: never");
  expect(statusText(status, "zh-CN")).toContain("没有邮箱: 2\n");
  // the home's day, which begins eight hours before the one in Greenwich
  const newYear = { ...status, lastOrderAt: new Date("2025-12-31T16:00:00Z") };
  expect(statusText(newYear, "en", "Asia/Shanghai")).toContain("orders: 1 (latest 2026-01-01)");
  expect(duplicatesText(await findDuplicates(it.store.db, 10), "en").split("\n")).toEqual([
    "email: a b",
    "phone: a b",
    "when they are one person: rekindle customer merge a b",
  ]);
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

test("a file that names a customer who was merged into another is about that one", async () => {
  await run(
    "customers",
    await file("m.csv", "customer_id,name,email\nnew,Ann,ann@shop.example\nold,Ann,ann@shop.example\n"),
  );
  await mergeCustomers(it.store.db, {
    keep: "new",
    drop: ["old"],
    by: "t",
    home: { timezone: "UTC" },
    confirmed: true,
  });
  await run("customers", await file("m2.csv", "customer_id,name,phone\nnew,Anna,\nold,Ann,13812345678\n"));
  const said = sql`select value from contacts where kind in ('name', 'phone') order by kind`;
  // of both lines the kept one's own says what is so
  expect(await it.rows(said)).toEqual([{ value: "Anna" }]);
  await run("customers", await file("m3.csv", "customer_id,name,phone\nold,,13812345678\n"));
  expect(await it.rows(said)).toEqual([{ value: "Anna" }, { value: "13812345678" }]);
  await run(
    "orders",
    await file("mo.csv", "order_id,customer_id,paid_at,amount\nx,old,2026-01-01,10\ny,new,2026-01-02,5\n"),
  );
  await run("events", await file("me.csv", "event_id,customer_id,type,occurred_at\ne,old,enquiry,2026-01-01\n"));
  expect(
    await it.rows(sql`
    select c.customer_id, o.orders, (select count(*) from events e where e.customer = c.id) as events,
      (select count(*) from contacts k where k.customer = c.id) as contacts
    from customers c join customer_orders o on o.customer = c.id`),
  ).toEqual([{ customer_id: "new", orders: 2, events: 1, contacts: 3 }]);
});
