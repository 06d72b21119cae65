import { sql } from "kysely";
import pg from "pg";
import { expect, test } from "vitest";
import { arrayText, readTime } from "../../src/store/text-format.ts";
import fc from "../support/property.ts";
import { testSchema } from "../support/schema.ts";

const { db } = await testSchema();

test("times are read as Postgres tells them, to the millisecond", async () => {
  const { rows } = await sql<{ text: string; ms: number; at: Date | number }>`
    select at::text as text, floor(extract(epoch from at) * 1000)::float8 as ms, at from unnest(array[
      '1969-12-31 23:59:59', '1999-12-31 23:59:59.9', '2024-02-29 00:00:00.05', '2026-03-01 08:00:00.123456', '2026-11-23 01:30:21.000001',
      '0099-05-06 07:08:09', '9999-12-31 23:59:59.999', '12026-01-02 03:04:05.678'
    ]::timestamptz[]) as t (at)`.execute(db);
  expect(rows).toHaveLength(8);
  for (const { text, ms, at } of rows) expect([text, Number(at), Number(readTime(text))]).toEqual([text, ms, ms]);
});

test("what is no plain time in UTC is the driver's to read", () => {
  const byDriver = pg.types.getTypeParser(1114) as (text: string) => Date;
  for (const text of [
    "infinity",
    "-infinity",
    "2026-03-01 08:00:00+08",
    "2026-03-01 08:00:00.5-03:30",
    "0044-03-15 12:00:00+00 BC",
  ])
    expect([text, Number(readTime(text))]).toEqual([text, Number(byDriver(text))]);
});

test("arrays arrive as they were sent", async () => {
  const said = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("", "NULL", "null", '"', "\\", "{a,b}", " x ", "a,b"),
  );
  const texts = fc.array(fc.option(said.map((text) => text.replaceAll("\0", ""))));
  const numbers = fc.array(fc.option(fc.maxSafeInteger()));
  const arrives = fc.asyncProperty(texts, numbers, async (a, b) => {
    const { rows } = await sql<{ a: string; b: string }>`
      select array_to_json(${a}::text[])::text as a, array_to_json(${b}::bigint[])::text as b`.execute(db);
    expect(JSON.parse(rows[0]!.a)).toEqual(a);
    expect(JSON.parse(rows[0]!.b)).toEqual(b);
  });
  await fc.assert(arrives, { numRuns: 60 });
  expect(arrayText([1, new Date(0)])).toBeUndefined();
});
