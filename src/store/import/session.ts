import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { connectionConfig, type DatabaseOptions, type Tx } from "../database.ts";

/** A transaction on a connection of its own, which can also take rows by COPY. */
export interface ImportSession {
  tx: Tx;
  /** rows of text or null, in the order of `columns` */
  copy(table: string, columns: readonly string[], rows: AsyncIterable<(string | null)[][]>): Promise<void>;
}

/**
 * Commits when `work` says so, else rolls back: whatever happens to this process, a file is imported whole or not at all.
 */
export async function importSession<T>(
  options: DatabaseOptions,
  work: (session: ImportSession) => Promise<{ commit: boolean; result: T }>,
): Promise<T> {
  const client = new pg.Client(connectionConfig(options));
  // a connection lost while idle between two statements shows in the next one
  client.on("error", () => undefined);
  await client.connect();
  // Kysely releases the only client after each transaction; ending it is ours
  const pool = { connect: async () => Object.assign(client, { release: () => undefined }), end: async () => undefined };
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    const tx = await db.startTransaction().execute();
    const session = {
      tx,
      copy: (table: string, columns: readonly string[], rows: AsyncIterable<(string | null)[][]>) =>
        pipeline(
          Readable.from(encoded(rows)),
          client.query(copyFrom(`copy ${table} (${columns.join(", ")}) from stdin`)),
        ),
    };
    try {
      await sql`set local work_mem = '128MB'`.execute(tx);
      const { commit, result } = await work(session);
      await (commit ? tx.commit().execute() : tx.rollback().execute());
      return result;
    } catch (error) {
      if (!tx.isCommitted && !tx.isRolledBack)
        await tx
          .rollback()
          .execute()
          .catch(() => undefined);
      throw error;
    }
  } finally {
    await db.destroy();
    await client.end().catch(() => undefined);
  }
}

const SPECIAL = /[\\\t\n\r]/g;
const ESCAPED: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** COPY's text format. */
async function* encoded(batches: AsyncIterable<(string | null)[][]>): AsyncGenerator<string> {
  for await (const rows of batches) {
    let text = "";
    for (const row of rows) {
      for (let i = 0; i < row.length; i++) {
        const value = row[i]!;
        if (i > 0) text += "\t";
        text +=
          value === null ? "\\N" : value.search(SPECIAL) < 0 ? value : value.replace(SPECIAL, (mark) => ESCAPED[mark]!);
      }
      text += "\n";
    }
    if (text !== "") yield text;
  }
}
