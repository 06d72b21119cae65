import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { afterAll, inject, onTestFailed } from "vitest";
import { type Database, migrateDatabase, openDatabase } from "../../src/store/database.ts";

export interface TestSchema {
  db: Database;
  url: string;
  schema: string;
}

/** A migrated schema of the test file's own, dropped when all its tests passed. Call at top level or in beforeAll. */
export async function testSchema(): Promise<TestSchema> {
  const schema = `t_${randomBytes(6).toString("hex")}`;
  const url = inject("databaseUrl");
  await migrateDatabase({ url, schema });
  const db = openDatabase({ url, schema });
  afterAll(async (suite) => {
    const failed = JSON.stringify(suite, (key, value) => (key === "file" || key === "suite" ? undefined : value)).includes('"state":"fail"');
    if (!failed) await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(db);
    await db.destroy();
  });
  return { db, url, schema };
}

export { onTestFailed };
