import type { Config } from "../config.ts";
import type { Part } from "../local/parts.ts";
import type { Target } from "../store/audit.ts";
import type { Database } from "../store/database.ts";

/** A configuration with the asked-for parts' URLs filled in. */
export interface Services {
  config: Config;
  /** connected and migrated */
  db: Database;
  /** tells the audit log what was done besides the command's arguments: ids, counts; nothing personal */
  note: (more: Target) => void;
}

/**
 * Runs a command with its parts: those without a URL are served by the embedded ones, started when need be and, when
 * this was their last user, stopped afterwards.
 */
export async function withServices<T>(
  parts: Exclude<Part, "postgres">[],
  work: (services: Services) => Promise<T>,
): Promise<T> {
  // loaded when they are needed: help shall not wait for them
  const { readConfig } = await import("../config.ts");
  const { useParts } = await import("../local/parts.ts");
  const { acting } = await import("./act.ts");
  const { openDatabase } = await import("../store/database.ts");
  const { migrateDatabase } = await import("../store/migrate.ts");
  const { config, release } = await useParts(readConfig(process.env), ["postgres", ...parts]);
  const database = { url: config.databaseUrl!, schema: config.schema };
  try {
    await migrateDatabase(database);
    const db = openDatabase(database);
    try {
      return await acting(db, (note) => work({ config, db, note }));
    } finally {
      await db.destroy();
    }
  } finally {
    await release();
  }
}
