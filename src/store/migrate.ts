import { readFileSync, readdirSync } from "node:fs";
import { CompiledQuery, sql } from "kysely";
import { type Database, type DatabaseOptions, openDatabase, transaction, type Tx } from "./database.ts";

/** First half of the lock's key, by which it is told from anybody else's; the other one is the schema. */
const LOCK = 0x7e4d1e;

/**
 * Brings the schema up to date; several processes may call it at once. Later migrations of newer code do no harm.
 * @returns names of those that were made now
 * @throws Error when one is to be made that comes before one that has been
 */
export async function migrateDatabase(options: DatabaseOptions): Promise<string[]> {
  const db = openDatabase({ ...options, max: 1 });
  try {
    // nearly always there is nothing to do, and no lock is needed to see it
    if (await knowsAll(db, options.schema)) return [];
    return await transaction(db, (tx) => migrate(tx, options.schema));
  } finally {
    await db.destroy();
  }
}

/** Whether every migration that this code knows has been made. */
export async function isMigrated(db: Database): Promise<boolean> {
  const known = namesOfAll();
  const { rows } = await sql<{ made: number }>`
    select count(*)::int as made from kysely_migration where name = any(${known}::text[])`.execute(db);
  return rows[0]!.made === known.length;
}

async function knowsAll(db: Database, schema: string): Promise<boolean> {
  const { rows } = await sql<{ there: boolean }>`
    select to_regclass(format('%I.kysely_migration', ${schema}::text)) is not null as there`.execute(db);
  return rows[0]!.there && isMigrated(db);
}

async function migrate(tx: Tx, schema: string): Promise<string[]> {
  await sql`select pg_advisory_xact_lock(${LOCK}::int, hashtext(${schema}))`.execute(tx);
  await sql`create schema if not exists ${sql.id(schema)}`.execute(tx);
  // named as Kysely's migrator names it, by which databases used to be migrated
  await sql`
    create table if not exists ${sql.id(schema, "kysely_migration")} (
      name varchar(255) primary key, timestamp varchar(255) not null)`.execute(tx);
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(tx);
  const made = new Set(rows.map(({ name }) => name));
  const missing = namesOfAll().filter((name) => !made.has(name));
  for (const name of missing) {
    const later = rows.find((other) => other.name > name);
    if (later) throw new Error(`migration ${name} comes before ${later.name}, which has been made`);
    await tx.executeQuery(CompiledQuery.raw(readFileSync(new URL(`${name}.sql`, FOLDER), "utf8")));
  }
  await sql`
    insert into kysely_migration (name, timestamp)
    select name, to_json(clock_timestamp()) #>> '{}' from unnest(${missing}::text[]) name`.execute(tx);
  return missing;
}

const FOLDER = new URL("./migrations/", import.meta.url);

function namesOfAll(): string[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".sql"));
  return files.map((file) => file.replace(/\.sql$/, "")).sort();
}
