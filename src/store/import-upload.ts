import { sql } from "kysely";
import type { Database } from "./database.ts";

/** An import that came over HTTP. */
export interface Upload {
  id: string;
  what: string;
  /** as its sender calls it */
  file: string;
  by: string;
  at: Date;
  /** counts, and what the file was taken for */
  summary: Record<string, unknown>;
}

const KEPT = sql`interval '30 days'`;

/** @param rejects CSV of the lines that were left out; null: none were. Those that were kept long enough go. */
export async function insertUpload(db: Database, upload: Upload, rejects: string | null): Promise<void> {
  const { id, what, file, by, at, summary } = upload;
  await sql`
    with gone as (delete from import_uploads where kept_until < clock_timestamp())
    insert into import_uploads (id, what, file, by, at, kept_until, summary, rejects)
    values (${id}, ${what}, ${file}, ${by}, ${at}, clock_timestamp() + ${KEPT}, ${JSON.stringify(summary)}::jsonb, ${rejects})`.execute(
    db,
  );
}

export async function loadRejects(db: Database, id: string): Promise<string | null | undefined> {
  const { rows } = await sql<{ rejects: string | null }>`
    select rejects from import_uploads where id = ${id} and kept_until >= clock_timestamp()`.execute(db);
  return rows[0]?.rejects;
}
