import { readFileSync, readdirSync } from "node:fs";
import { CompiledQuery, Kysely, Migrator, PostgresDialect, sql, type Transaction } from "kysely";
import pg from "pg";
import { watchPool } from "../watch/pools.ts";

/** Tables are reached by readable SQL (kysely's `sql` template), so there is no table type to keep in step. */
export type Database = Kysely<unknown>;
export type Tx = Transaction<unknown>;

const INT8 = 20;
/** int8 as number: ids and minor units stay far below 2^53; beyond it we would rather stop than round. */
pg.types.setTypeParser(INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`bigint ${text} is beyond what a number holds exactly`);
  return value;
});

export interface DatabaseOptions {
  url: string;
  schema: string;
  /** connections in the pool */
  max?: number;
}

export function connectionConfig(options: DatabaseOptions): pg.ClientConfig {
  return {
    connectionString: options.url,
    options: `-c search_path=${options.schema} -c timezone=UTC`,
    connectionTimeoutMillis: 5_000,
  };
}

const KEPT = "/* kept plan */";

/**
 * Begins a statement that each connection plans once. For what runs all the time, always reads the same, and looks into
 * no table that grows: a plan that was made for a small table would be kept for the large one.
 */
export const kept = sql.raw(KEPT);

const names = new Map<string, string>();

class PlanKeeper extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    const query = this.query.bind(this) as (...given: unknown[]) => unknown;
    this.query = ((text: unknown, ...others: unknown[]) => {
      if (typeof text !== "string" || !text.startsWith(KEPT)) return query(text, ...others);
      if (!names.has(text)) names.set(text, `kept_${names.size}`);
      return query({ text, name: names.get(text) }, ...others);
    }) as pg.Client["query"];
  }
}

export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({ ...connectionConfig(options), max: options.max ?? 8, Client: PlanKeeper });
  watchPool(pool);
  // an idle connection that drops (Postgres restarted) is replaced on next use; without a listener it would end us
  pool.on("error", () => undefined);
  // nor may one that drops between two queries of a transaction: the next query fails, and whoever began it hears of it
  pool.on("connect", (client) => client.on("error", () => undefined));
  return new Kysely({ dialect: new PostgresDialect({ pool }) });
}

/** Does what is to be stored together with a change that has just been made. */
export type Settled<T> = (tx: Tx, result: T) => Promise<void>;

const RETRYABLE = new Set(["40P01", "40001"]);

/** READ COMMITTED transaction; deadlocks and serialisation failures are tried again, at most five times. */
export async function transaction<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (attempt >= 5 || !RETRYABLE.has((error as { code?: string }).code ?? "")) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * attempt));
    }
  }
}

/** Reads that agree with each other: all see one moment, and nothing is written. */
export async function snapshot<T>(db: Database, read: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().setIsolationLevel("repeatable read").setAccessMode("read only").execute(read);
}

/** Nothing of it is to stay. */
class Undo extends Error {
  readonly result: unknown;
  constructor(result: unknown) {
    super("undone on purpose");
    this.result = result;
  }
}

/** A transaction that stays only when its result says so; what is undone tells what would have been done. */
export async function rehearsal<T>(
  db: Database,
  work: (tx: Tx) => Promise<T>,
  stays: (result: T) => boolean,
): Promise<T> {
  try {
    return await transaction(db, async (tx) => {
      const result = await work(tx);
      if (!stays(result)) throw new Undo(result);
      return result;
    });
  } catch (failure) {
    if (failure instanceof Undo) return failure.result as T;
    throw failure;
  }
}

/** invalid_schema_name, undefined_table, and "cache lookup failed" */
const VANISHED = new Set(["3F000", "42P01", "XX000"]);

/** Brings the schema up to date; several processes may call it at once. */
export async function migrateDatabase(options: DatabaseOptions): Promise<string[]> {
  const db = openDatabase({ ...options, max: 1 });
  try {
    await sql`create schema if not exists ${sql.id(options.schema)}`.execute(db);
    // named, since the migrator would otherwise take another schema's tables for its own
    const provider = { getMigrations: async () => migrations() };
    const migrator = new Migrator({ db, provider, migrationTableSchema: options.schema });
    for (let attempt = 1; ; attempt++) {
      const { error, results } = await migrator.migrateToLatest();
      if (!error) return (results ?? []).map((result) => result.migrationName);
      // the migrator looks through all schemas of the database, and trips over one that is dropped meanwhile
      if (attempt >= 20 || !VANISHED.has((error as { code?: string }).code ?? "")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 100));
    }
  } finally {
    await db.destroy();
  }
}

/** Whether every migration that this code knows has been made; a later one of newer code does no harm. */
export async function isMigrated(db: Database): Promise<boolean> {
  const known = Object.keys(migrations());
  const { rows } = await sql<{ made: number }>`
    select count(*)::int as made from kysely_migration where name = any(${known}::text[])`.execute(db);
  return rows[0]!.made === known.length;
}

const folder = new URL("./migrations/", import.meta.url);

function migrations() {
  const files = readdirSync(folder).filter((file) => file.endsWith(".sql"));
  return Object.fromEntries(
    files.map((file) => [
      file.replace(/\.sql$/, ""),
      {
        async up(db: Kysely<unknown>) {
          await db.executeQuery(CompiledQuery.raw(readFileSync(new URL(file, folder), "utf8")));
        },
      },
    ]),
  );
}
