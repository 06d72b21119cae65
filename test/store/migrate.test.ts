import { sql } from "kysely";
import { expect, test } from "vitest";
import { isMigrated, migrateDatabase } from "../../src/store/migrate.ts";
import { testSchema } from "../support/schema.ts";

const { db, url, schema } = await testSchema();
const other = `${schema}_other`;

test("several processes that migrate at once make each migration once", async () => {
  try {
    const made = await Promise.all(Array.from({ length: 4 }, () => migrateDatabase({ url, schema: other })));
    const { rows } = await sql<{ name: string }>`
      select name from ${sql.id(other, "kysely_migration")} order by name`.execute(db);
    expect(made.flat()).toEqual(rows.map(({ name }) => name));
    expect(made.flat()[0]).toBe("0001_initial");
  } finally {
    await sql`drop schema if exists ${sql.id(other)} cascade`.execute(db);
  }
});

test("what newer code has made is let be; what comes before a made one is refused, and nothing is half done", async () => {
  await sql`insert into kysely_migration (name, timestamp) values ('9999_newer', '')`.execute(db);
  expect([await isMigrated(db), await migrateDatabase({ url, schema })]).toEqual([true, []]);
  await sql`delete from kysely_migration where name = '0002_scores'`.execute(db);
  expect(await isMigrated(db)).toBe(false);
  await expect(migrateDatabase({ url, schema })).rejects.toThrow("0002_scores comes before 0003_customer_orders");
  expect(await isMigrated(db)).toBe(false);
});
