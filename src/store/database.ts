import { Kysely, PostgresDialect, sql, type Transaction } from "kysely";
import pg from "pg";
import { watchPool } from "../watch/pools.ts";
import { arrayText, readTime } from "./text-format.ts";

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
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, readTime);

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
    this.query = ((text: unknown, given: unknown, ...others: unknown[]) => {
      const values = Array.isArray(given) ? given.map(asText) : given;
      if (typeof text !== "string" || !text.startsWith(KEPT)) return query(text, values, ...others);
      if (!names.has(text)) names.set(text, `kept_${names.size}`);
      return query({ text, name: names.get(text) }, values, ...others);
    }) as pg.Client["query"];
  }
}

function asText(value: unknown): unknown {
  return Array.isArray(value) ? (arrayText(value) ?? value) : value;
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
