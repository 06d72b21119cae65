import { sql } from "kysely";
import type { Database } from "../../store/database.ts";
import { asked, cut, moment, type Page, type Paged } from "../page.ts";

/** An import that took something, by command or over HTTP. */
export interface ImportView {
  what: string;
  /** without its folder */
  file: string;
  accepted: number;
  rejected: number;
  at: Date;
}

/** Where an import stands in the list. */
export interface ImportPlace {
  at: string;
  id: number;
}

/** The latest first. */
export async function pageOfImports(db: Database, page: Page<ImportPlace>): Promise<Paged<ImportView, ImportPlace>> {
  const { at = "infinity", id = Number.MAX_SAFE_INTEGER } = page.after ?? {};
  const { rows } = await sql<ImportView & { place: ImportPlace }>`
    select i.what, i.file, i.accepted, i.rejected, i.at, json_build_object('at', ${moment("i.at")}, 'id', i.id) as place
    from imports i where (i.at, i.id) < (${at}::timestamptz, ${id}::bigint)
    order by i.at desc, i.id desc limit ${asked(page)}`.execute(db);
  return cut(rows, page);
}
