import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { sql } from "kysely";
import type { Database, Tx } from "./database.ts";

// the package is CommonJS, but its types say ES module
const serialize = canonicalize as unknown as (body: unknown) => string;

/** SHA-256, hex, of the canonical JSON (RFC 8785). */
export function hashOf(body: unknown): string {
  return createHash("sha256").update(serialize(body)).digest("hex");
}

/** Stores an immutable document under its hash; the same document twice is one row. */
export async function saveDocument(tx: Database | Tx, kind: string, body: unknown, at: Date): Promise<string> {
  const hash = hashOf(body);
  await sql`
    insert into documents (hash, kind, body, created_at) values (${hash}, ${kind}, ${JSON.stringify(body)}::jsonb, ${at})
    on conflict do nothing`.execute(tx);
  return hash;
}

const loaded = new Map<string, unknown>();

/** Documents never change, so each process reads one once. */
export async function loadDocument<T>(db: Database | Tx, hash: string): Promise<T> {
  if (!loaded.has(hash)) {
    const { rows } = await sql<{ body: unknown }>`select body from documents where hash = ${hash}`.execute(db);
    if (!rows[0]) throw new Error(`no document ${hash}`);
    if (loaded.size > 200) loaded.clear();
    loaded.set(hash, rows[0].body);
  }
  return loaded.get(hash) as T;
}
