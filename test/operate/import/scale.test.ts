import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { typescriptArguments } from "../../../src/local/process.ts";
import { testSchema, type TestSchema } from "../../support/schema.ts";

const MAIN = new URL("../../../src/cli/main.ts", import.meta.url);
const LINES = 100_000;
let store: TestSchema;
let folder: string;
let log: string;
beforeAll(async () => {
  store = await testSchema();
  folder = await mkdtemp(join(tmpdir(), "import-scale-"));
  log = join(folder, "orders.csv");
  const lines = Array.from(
    { length: LINES },
    (_, i) =>
      `A${i},u${i % 5000},2024年${(i % 12) + 1}月${(i % 28) + 1}日 ${i % 24}:05,"¥1,${String(i % 1000).padStart(3, "0")}.50"`,
  );
  await writeFile(log, `订单号,用户ID,付款时间,实付金额\n${lines.join("\n")}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

/** `rekindle import orders FILE` as its own process. */
function command(name: string, options: string[] = []): ChildProcess {
  const env = {
    ...process.env,
    DATABASE_URL: store.url,
    REKINDLE_SCHEMA: store.schema,
    PGAPPNAME: name,
    REKINDLE_LANG: "en",
    LC_ALL: "",
  };
  return spawn(process.execPath, [...options, ...typescriptArguments(MAIN), "import", "orders", log, "--json"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
}
async function count(): Promise<number[]> {
  const { rows } = await sql<{ orders: number; customers: number; imports: number }>`
    select (select count(*) from orders) as orders, (select count(*) from customers) as customers, (select count(*) from imports) as imports`.execute(
    store.db,
  );
  return Object.values(rows[0]!);
}
async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 90_000; Date.now() < end;) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("waited in vain");
}

test(
  "an import that is killed midway leaves nothing; the next one finds nothing in its way",
  { timeout: 600_000 },
  async () => {
    const name = `kill-${store.schema}`;
    const child = command(name);
    const active = async (query: string) => {
      const { rows } = await sql<{ n: number }>`
      select count(*) as n from pg_stat_activity where application_name = ${name} and query like ${query}`.execute(
        store.db,
      );
      return rows[0]!.n > 0;
    };
    await until(() => active("copy import_rows%"));
    child.kill("SIGKILL");
    await once(child, "exit");
    await until(async () => !(await active("%")));
    expect(await count()).toEqual([0, 0, 0]);
    expect(await readdir(folder)).toEqual(["orders.csv"]);

    // a heap too small for the file's lines: they pass through
    const again = command(`again-${store.schema}`, ["--max-old-space-size=48"]);
    let output = "";
    again.stdout!.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(again, "close")) as [number];
    expect(code).toBe(0);
    const summary = JSON.parse(output) as { accepted: number; newCustomers: number };
    expect(summary).toMatchObject({ accepted: LINES, newCustomers: 5000 });
    expect(await count()).toEqual([LINES, 5000, 1]);
    const { rows } = await sql<{ total: number }>`select sum(amount)::bigint as total from orders`.execute(store.db);
    // 1,000.50 to 1,999.50, each a hundred times
    expect(rows[0]!.total).toBe(100 * (1000 * 100_050 + (100 * 999 * 1000) / 2));
  },
);
