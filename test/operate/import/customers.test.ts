import { readFile } from "node:fs/promises";
import { join } from "node:path";
import iconv from "iconv-lite";
import { sql } from "kysely";
import { expect, test } from "vitest";
import writeExcel from "write-excel-file/node";
import { importing } from "../../support/importing.ts";

const it = importing();
const { run, file, rows } = it;
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
  expect(it.facts.encoding).toBe(encoding);
  expect(it.facts.columns.map(({ field }) => field)).toEqual([
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
  const path = join(it.folder, "客户.xlsx");
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
  expect(it.facts.format).toBe("xlsx");
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
    it.store.db,
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
