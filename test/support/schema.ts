import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { afterAll, inject, onTestFailed, type RunnerTask } from "vitest";
import { type Database, openDatabase } from "../../src/store/database.ts";
import { migrateDatabase } from "../../src/store/migrate.ts";

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
  afterAll(async ({}, suite) => {
    if (!hasFailed(suite)) await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(db);
    await db.destroy();
  });
  return { db, url, schema };
}

function hasFailed(task: RunnerTask): boolean {
  return task.result?.state === "fail" || (task.type === "suite" && task.tasks.some(hasFailed));
}

export { onTestFailed };
