import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { error } from "../../src/fault.ts";
import type { Home } from "../../src/operate/import/home.ts";
import { importFile, type ImportOptions, type ImportSummary } from "../../src/operate/import/import.ts";
import type { FileFacts } from "../../src/operate/import/reading.ts";
import { testSchema, type TestSchema } from "./schema.ts";

const home: Home = {
  timezone: "Asia/Shanghai",
  currency: "CNY",
  exponent: 2,
  names: new Map([["Song Played", { type: "song.played", fields: { song: "/title" } }]]),
  checks: new Map([
    ["song.played", ({ song }) => (song === undefined ? [error("/song", { en: "no song", "zh-CN": "缺少曲目" })] : [])],
  ]),
  faults: [],
  traits: {
    city: { type: "string", labels: ["city", "城市"] },
    visits: { type: "number", labels: [] },
    birthday: { type: "date", labels: ["生日"] },
    tags: { type: "strings", labels: [] },
    vip: { type: "boolean", labels: [] },
    credit: { type: "money", labels: [] },
  },
};

export interface Importing {
  folder: string;
  store: TestSchema;
  /** what the latest file was taken for */
  facts: FileFacts;
  file(name: string, content: string | Buffer): Promise<string>;
  run(what: ImportOptions["what"], file: string, options?: Partial<ImportOptions>): Promise<ImportSummary>;
  rows<T = Record<string, unknown>>(query: ReturnType<typeof sql<T>>): Promise<T[]>;
  count(table: string): Promise<number>;
}

/** A folder for files to import and a schema that is empty before each test. Call at top level. */
export function importing(): Importing {
  const it = {
    async file(name: string, content: string | Buffer) {
      const path = join(it.folder, name);
      await writeFile(path, content);
      return path;
    },
    run(what, file, options) {
      const progress = {
        facts: (found: FileFacts) => void (it.facts = found),
        reading: () => undefined,
        storing: () => undefined,
      };
      return importFile(
        it.store,
        home,
        { what, file, overrides: new Map(), dryRun: false, locale: "en", ...options },
        progress,
      );
    },
    rows: async (query) => (await query.execute(it.store.db)).rows,
    count: async (table: string) =>
      (await it.rows(sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`))[0]!.n,
  } as Importing;
  beforeAll(async () => {
    it.store = await testSchema();
    it.folder = await mkdtemp(join(tmpdir(), "import test "));
  });
  beforeEach(async () => {
    await sql`truncate customers, contacts, consents, orders, order_items, events, imports, data_sources cascade`.execute(
      it.store.db,
    );
  });
  afterAll(() => rm(it.folder, { recursive: true }));
  return it;
}
