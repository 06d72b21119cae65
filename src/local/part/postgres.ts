import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { ServiceError } from "../../fault.ts";
import { type Home, keptText } from "../home.ts";
import { isRoot, postgresPrograms, postgresUser, ROOT_FOLDER, type User } from "../install/postgres.ts";
import type { PartKind, Surroundings } from "./part.ts";

const DATABASE = "rekindle";
const FLAGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  shared_buffers: "256MB",
  max_wal_size: "2GB",
  timezone: "UTC",
  log_timezone: "UTC",
  // our statements are short: compiling them costs more than it gains
  jit: "off",
};
/** for data that nobody will miss when the machine stops; what was committed still outlives Postgres itself */
const CARELESS = { fsync: "off", full_page_writes: "off" };

export const postgres: PartKind = {
  name: "postgres",
  label: "Postgres",
  stopSignal: "SIGINT",

  async prepare({ home, say, signal }) {
    const programs = await postgresPrograms();
    if (isRoot()) followMovedHome(home);
    if (existsSync(dataFolder(home))) return;
    say({ en: "creating a Postgres database …", "zh-CN": "正在创建 Postgres 数据库 …" });
    await createCluster(home, programs, signal);
  },

  async command({ home, port }) {
    const flags = { ...FLAGS, ...(process.env.REKINDLE_TEST_FAST === "1" && CARELESS) };
    return {
      file: join(await postgresPrograms(), "bin", "postgres"),
      args: [
        ...["-D", dataFolder(home), "-p", String(await port("postgres"))],
        ...Object.entries(flags).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      ],
      cwd: dataFolder(home),
      ...user(),
    };
  },

  async ready(around) {
    const client = new pg.Client({ connectionString: await url(around, "postgres"), connectionTimeoutMillis: 2_000 });
    client.on("error", () => undefined);
    try {
      await client.connect();
      const { rowCount } = await client.query("select from pg_database where datname = $1", [DATABASE]);
      if (rowCount === 0) await client.query(`create database ${DATABASE}`);
      return true;
    } finally {
      await client.end().catch(() => undefined);
    }
  },

  async endpoints(around) {
    return { databaseUrl: await url(around, DATABASE) };
  },
};

async function url({ home, port }: Surroundings, database: string): Promise<string> {
  return `postgres://postgres:${password(home)}@127.0.0.1:${await port("postgres")}/${database}`;
}

function password(home: Home): string {
  return keptText(home.path, "postgres-password", () => randomBytes(15).toString("hex"));
}

function user(): User | undefined {
  return isRoot() ? postgresUser() : undefined;
}

/** Named after path and id: a home that was deleted and made again begins empty, and one on a lost mount is not touched. */
export function dataFolder(home: Home): string {
  if (!isRoot()) return join(home.path, "postgres");
  return join(rootFolder(home), "data");
}

/** The home's own folder outside of the home, which only root needs. */
export function rootFolder(home: Home): string {
  return join(ROOT_FOLDER, createHash("sha256").update(`${home.path}\n${home.id}`).digest("hex").slice(0, 16));
}

/** A home that was renamed keeps its data; a copy of a home does not share them. */
function followMovedHome(home: Home): void {
  const note = join(home.path, "postgres-folder");
  if (existsSync(dataFolder(home)) || !existsSync(note)) return;
  const former = readFileSync(note, "utf8").trim();
  if (!existsSync(former) || existsSync(readFileSync(join(former, "home"), "utf8").trim())) return;
  renameSync(former, rootFolder(home));
  noteFolder(home);
}

function noteFolder(home: Home): void {
  writeFileSync(join(rootFolder(home), "home"), `${home.path}\n`);
  writeFileSync(join(home.path, "postgres-folder"), `${rootFolder(home)}\n`);
}

/** Initialised beside and renamed: an interrupted start leaves no half of a database. */
async function createCluster(home: Home, programs: string, signal: AbortSignal): Promise<void> {
  const parent = isRoot() ? rootFolder(home) : home.path;
  mkdirSync(parent, { recursive: true });
  if (isRoot()) noteFolder(home);
  const owner = user();
  const draft = mkdtempSync(join(parent, "initdb-"));
  const secret = join(draft, "password");
  const data = join(draft, "data");
  try {
    writeFileSync(secret, `${password(home)}\n`, { mode: 0o600 });
    if (owner) for (const path of [draft, secret]) chownSync(path, owner.uid, owner.gid);
    await promisify(execFile)(
      join(programs, "bin", "initdb"),
      [
        ...["--pgdata", data, "--username", "postgres", "--pwfile", secret, "--auth", "scram-sha-256", "--no-sync"],
        ...["--encoding", "UTF8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"],
      ],
      { cwd: draft, signal, ...owner },
    );
    renameSync(data, dataFolder(home));
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new ServiceError("Postgres", `initdb failed: ${stderr?.trim() || message}`, {
      en: "mend what it names, or start a Postgres and set DATABASE_URL",
      "zh-CN": "请按提示修复，或自行启动 Postgres 并设置 DATABASE_URL",
    });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
