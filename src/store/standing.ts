import { sql } from "kysely";
import type { Part } from "../watch/readiness.ts";
import type { Database } from "./database.ts";
import { isMigrated } from "./migrate.ts";
import { isUnreachable } from "./unreachable.ts";

/** What every process stands on: that the database answers, and that it is as new as this code. */
export function databaseParts(db: Database): Part[] {
  return [
    // a table that is not there yet is the other part's trouble
    { name: "postgres", needed: true, answers: () => sql`select 1`.execute(db) },
    { name: "migrations", needed: true, answers: () => isMigrated(db).catch(isUnreachable) },
  ];
}
