import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { sql } from "kysely";
import { type Config, readConfig } from "../config.ts";
import { freePort } from "../local/door.ts";
import { type PartsInUse, useParts } from "../local/parts.ts";
import { startProcesses } from "../local/processes.ts";
import { openDatabase } from "../store/database.ts";
import { reportFailure } from "./failure.ts";
import { runCommand } from "./run.ts";
import { untilSignal } from "./signal.ts";

export interface DemoOptions {
  exit?: boolean;
  json?: string;
  customers: number;
  seed: number;
}

const CAMPAIGN = "winback-30";
const RUN = `${CAMPAIGN}-1`;
const LAUNCH = "2026-04-01T10:00:00+08:00";

/** Until it is stopped, or done when that was asked for; ends the process. */
export async function playDemo(options: DemoOptions): Promise<never> {
  const stopped = untilSignal();
  const began = Date.now();
  const config = readConfig({ ...process.env, ...(await demoEnvironment()) });
  const use = await useParts(config, ["postgres", "temporal", "redis", "inbox"]);
  const processes = startProcesses({
    names: processNames(options),
    env: { LOG_FORMAT: "plain" },
    onLine: onlyTrouble,
  });
  let code = 70;
  try {
    const ok = await Promise.race([stopped.then(() => undefined), playCommands(use, options)]);
    code = ok === undefined ? 130 : ok ? 0 : 1;
    if (ok !== undefined) lookFurther(use, began);
    if (ok !== undefined && !options.exit) await stopped;
  } catch (error) {
    code = reportFailure(error);
  }
  await processes.stop();
  await use.release(true);
  // a command that was cut short may still hold the loop
  process.exit(code);
}

/** Mail is what there is most of. */
function processNames({ customers }: DemoOptions): string[] {
  return ["serve", "worker", "deliver", ...(customers > 1_000 ? ["deliver"] : [])];
}

/** The demo has a home inside the home, and each demo a schema of its own. */
async function demoEnvironment(): Promise<NodeJS.ProcessEnv> {
  const port = await freePort();
  const environment = {
    REKINDLE_HOME: resolve(readConfig(process.env).home, "demo"),
    REKINDLE_SCHEMA: `demo_${Date.now().toString(36)}`,
    REKINDLE_TEMPORAL_MEMORY: "1",
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
  };
  // the commands below run in this process and read their configuration from here
  return Object.assign(process.env, environment);
}

/** @returns whether the checks held */
async function playCommands({ config }: PartsInUse, options: DemoOptions): Promise<boolean> {
  const folder = join(config.home, "world");
  await mkdir(folder, { recursive: true });
  await dropEarlier(config);
  const { count } = (await (await fetch(`${config.inboxUrl}/api/count`)).json()) as { count: number };
  const keyFile = join(folder, "shop.key");
  const at = (file: string) => join(folder, file);
  await say(["demo-world", "begin", "--at", LAUNCH]);
  await say([
    "demo-world",
    "generate",
    "--out",
    folder,
    "--seed",
    String(options.seed),
    "--enrol",
    String(options.customers),
    "--as-of",
    LAUNCH,
  ]);
  await say(["import", "customers", at("customers.csv")]);
  await say(["import", "orders", at("orders.csv")]);
  await say(["import", "order-items", at("order-items.csv")]);
  await say(["data", "status"]);
  await say(["validate"]);
  await say(["campaign", "apply", CAMPAIGN]);
  await say(["campaign", "plan", CAMPAIGN]);
  await say(["key", "create", "--role", "backend", "--name", "shop", "--out", keyFile]);
  await say(["campaign", "run", CAMPAIGN, "--limit", String(options.customers)]);
  await say([
    "demo-world",
    "play",
    RUN,
    "--customers",
    at("customers.csv"),
    "--key-file",
    keyFile,
    "--seed",
    String(options.seed),
    "--mail-after",
    String(count),
  ]);
  await say(["budget", "record", RUN, "calls", "1800", "--note", "电话费"]);
  const html = join(config.home, "report.html");
  await say(["campaign", "report", RUN, "--html", html]);
  const ok = await say(["demo-world", "check", RUN], [0, 1]);
  await say(["demo-world", "figures", RUN, "--line"]);
  if (options.json) await writeReport(config, options.json);
  return ok === 0;
}

async function say(words: string[], allowed = [0]): Promise<number> {
  console.log(`\n$ rekindle ${words.map((word) => (/[\s"']/.test(word) ? JSON.stringify(word) : word)).join(" ")}`);
  const code = await runCommand(words);
  if (!allowed.includes(code)) throw new Error(`the demo stops: rekindle ${words[0]} ${words[1]} ended with ${code}`);
  process.exitCode = 0;
  return code;
}

async function dropEarlier(config: Config): Promise<void> {
  const db = openDatabase({ url: config.databaseUrl!, schema: config.schema, max: 1 });
  const { rows } = await sql<{ name: string }>`
    select nspname as name from pg_namespace where nspname like 'demo\\_%' and nspname <> ${config.schema}`.execute(db);
  for (const { name } of rows) await sql`drop schema ${sql.id(name)} cascade`.execute(db);
  await db.destroy();
}

async function writeReport(config: Config, file: string): Promise<void> {
  const db = openDatabase({ url: config.databaseUrl!, schema: config.schema, max: 1 });
  const { loadReport } = await import("../report/load.ts");
  await writeFile(file, JSON.stringify(await loadReport(db, RUN), null, 2));
  await db.destroy();
}

function lookFurther({ config, endpoints }: PartsInUse, began: number): void {
  console.log(`
Done after ${Math.round((Date.now() - began) / 1000)} s. Look further:
  report     ${join(config.home, "report.html")}
  mail       ${config.inboxUrl}
  workflows  ${endpoints.temporalUi}
  database   ${config.databaseUrl} (schema ${config.schema})`);
}

function onlyTrouble(name: string, line: string): void {
  if (/error|fail|ended/i.test(line)) console.error(line.startsWith(`${name}: `) ? line : `${name}: ${line}`);
}
