import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seeded } from "../../src/demo/generate/random.ts";
import { writeWorld } from "../../src/demo/generate/write.ts";
import { readHome } from "../../src/operate/import/home.ts";
import { importFile, type ImportSummary } from "../../src/operate/import/import.ts";
import { testSchema, type TestSchema } from "../support/schema.ts";

const asOf = new Date("2026-04-01T10:00+08:00");
const world = { seed: 7, base: 2000, enrol: 100, asOf };
const quiet = { facts: () => undefined, reading: () => undefined, storing: () => undefined };

let store: TestSchema;
let folder: string;
const imported: ImportSummary[] = [];
beforeAll(async () => {
  store = await testSchema();
  folder = await mkdtemp(join(tmpdir(), "world-"));
  await writeWorld(folder, world);
  const home = await readHome("rules");
  for (const what of ["customers", "orders", "order-items"] as const) {
    const summary = await importFile(
      store,
      home,
      { what, file: join(folder, `${what}.csv`), overrides: new Map(), dryRun: false, locale: "en" },
      quiet,
    );
    imported.push(summary);
  }
});
afterAll(() => rm(folder, { recursive: true }));

const one = async <T>(query: ReturnType<typeof sql<T>>) => (await query.execute(store.db)).rows[0]!;
const hash = async (where: string, file: string) =>
  createHash("sha256")
    .update(await readFile(join(where, file)))
    .digest("hex");

test("every line can be imported as it is", () => {
  const clean = { rejected: 0, duplicates: 0, newCustomers: 0, future: 0 };
  expect(imported).toMatchObject([{ accepted: world.base, ...clean }, clean, clean]);
});

test.each([0, 10])(
  "the reference segment finds as many as were asked for, looked at %i days after launch",
  async (shift) => {
    const at = new Date(asOf.getTime() + shift * 86_400_000);
    const { n } = await one(sql<{ n: number }>`
    select count(*) as n from customers c
    where (select coalesce(sum(amount - refunded), 0) from orders
           where customer = c.id and status = 'paid' and paid_at > ${at}::timestamptz - interval '365 days' and paid_at <= ${at})
          between 5000000 and 10000000
      and ${at}::date - (select max(paid_at) at time zone 'Asia/Shanghai' from orders where customer = c.id and status = 'paid')::date >= 180
      and not exists (select from complaints k where k.customer = c.id and k.status = 'open')`);
    expect(Math.abs(n - world.enrol)).toBeLessThanOrEqual(world.enrol * 0.05);
  },
);

test("orders cost what their items cost, lie in the two years before, and belong to somebody", async () => {
  expect(
    await one(sql`
      select count(*) filter (where o.amount <> i.total) as wrong, count(*) filter (where i.total is null) as empty,
        min(o.paid_at) > ${asOf}::timestamptz - interval '731 days' as recent, max(o.paid_at) < ${asOf} as past
      from orders o left join (select order_id, sum(qty * price) as total from order_items group by 1) i using (order_id)`),
  ).toEqual({ wrong: 0, empty: 0, recent: true, past: true });
});

test("about 96 % of those with an e-mail address have agreed to it; no address could reach anybody", async () => {
  const { emails, agreed, shared, real } = await one(sql<{
    emails: number;
    agreed: number;
    shared: number;
    real: number;
  }>`
    select count(*) as emails, count(distinct k.value) as shared,
      count(*) filter (where s.granted) as agreed, count(*) filter (where k.value not like '%.example') as real
    from contacts k left join consents s on s.customer = k.customer and s.channel = 'email'
    where kind = 'email'`);
  expect([real, shared]).toEqual([0, emails]);
  expect(agreed / emails).toBeGreaterThan(0.94);
  expect(agreed / emails).toBeLessThan(0.98);
  expect(await one(sql`select count(*) as n from contacts where kind = 'phone' and value !~ '^12[0-9]{9}$'`)).toEqual({
    n: 0,
  });
});

test("some buy once, some often, some stopped long ago", async () => {
  const spread = await one(sql<{ once: number; often: number; dormant: number; none: number }>`
    with per as (select c.id, count(o.*) as n, max(o.paid_at) as last from customers c left join orders o on o.customer = c.id group by 1)
    select count(*) filter (where n = 1) as once, count(*) filter (where n > 8) as often, count(*) filter (where n = 0) as none,
      count(*) filter (where last < ${asOf}::timestamptz - interval '180 days') as dormant from per`);
  for (const group of Object.values(spread)) expect(group).toBeGreaterThan(world.base * 0.05);
});

test("the same seed writes the same bytes, another one writes others", async () => {
  const [again, other] = [join(folder, "again"), join(folder, "other")];
  await writeWorld(again, world);
  await writeWorld(other, { ...world, seed: 8 });
  for (const file of ["customers.csv", "orders.csv", "order-items.csv"]) {
    expect(await hash(again, file)).toBe(await hash(folder, file));
    expect(await hash(other, file)).not.toBe(await hash(folder, file));
  }
});

test("draws have the means that they are asked for, also over many short streams", () => {
  const mean = (draw: (random: ReturnType<typeof seeded>) => number) => {
    let sum = 0;
    for (let stream = 0; stream < 20_000; stream++) sum += draw(seeded(3, stream));
    return sum / 20_000;
  };
  expect(mean((random) => random.unit())).toBeCloseTo(0.5, 1.5);
  expect(mean((random) => random.normal())).toBeCloseTo(0, 1);
  expect(Math.abs(mean((random) => random.gamma(1.1, 3.4)) - 3.74)).toBeLessThan(0.15);
  expect(Math.abs(mean((random) => random.poisson(5)) - 5)).toBeLessThan(0.1);
  expect(Math.abs(mean((random) => random.exponential(2)) - 0.5)).toBeLessThan(0.02);
});
