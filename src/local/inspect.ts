import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { Config } from "../config.ts";
import { ServiceError } from "../fault.ts";
import type { Text } from "../campaign/program.ts";
import { openHome } from "./home.ts";
import { onPath } from "./install/find.ts";
import { wheelProgram, type Wheel } from "./install/pip.ts";
import { postgresPrograms } from "./install/postgres.ts";
import { TEMPORAL, VALKEY } from "./install/programs.ts";
import { dataFolder } from "./part/postgres.ts";
import { isRunning } from "./process.ts";
import { addressOf, checkRemote, REMOTES } from "./reach.ts";
import { readState } from "./supervisor/state.ts";
import type { Part } from "./wire.ts";

/** What `doctor` has to say about one thing that is needed. */
export interface Finding {
  what: string;
  ok: boolean;
  /** where it is, or what is wrong */
  detail: Text;
  /** how to mend it */
  hint?: Text;
}

const URLS = { postgres: "databaseUrl", temporal: "temporalAddress", redis: "redisUrl", inbox: "smtpUrl" } as const;

/** Looks, and starts or installs nothing. */
export async function inspect(config: Config): Promise<Finding[]> {
  const parts: Part[] = ["postgres", "temporal", "redis", "inbox"];
  return [node(), ...(await Promise.all(parts.map((part) => inspectPart(config, part))))];
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return {
    what: "Node",
    ok,
    detail: same(process.versions.node),
    ...(!ok && { hint: both("install Node 20.19 or newer", "请安装 Node 20.19 或更新版本") }),
  };
}

async function inspectPart(config: Config, part: Part): Promise<Finding> {
  const url = config[URLS[part]];
  const what = REMOTES[part].service;
  try {
    return { what, ok: true, detail: url === undefined ? await embedded(config, part) : await remote(part, url) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { what, ok: false, detail: same(error.message), hint: error.hint };
  }
}

async function remote(part: Part, url: string): Promise<Text> {
  await checkRemote(part, url);
  const { host, port } = addressOf(REMOTES[part], url);
  const where = `${host}:${port}`;
  return both(`answers at ${where} (${REMOTES[part].variable})`, `${where} 可用（${REMOTES[part].variable}）`);
}

async function embedded(config: Config, part: Part): Promise<Text> {
  const home = openHome(config.home);
  const state = readState(home);
  const process = state.parts[part];
  if (process && isRunning(process)) {
    const ports = Object.entries(state.ports).filter(([name]) => name.startsWith(part));
    const where = ports.map(([name, port]) => `${name} ${port}`).join(", ");
    return both(
      `embedded, runs (process ${process.pid}, ports: ${where})`,
      `内置，运行中（进程 ${process.pid}，端口：${where}）`,
    );
  }
  if (part === "postgres") {
    await postgresPrograms();
    if (!existsSync(dataFolder(home)))
      return both("embedded, with a new database when first needed", "内置，首次使用时新建数据库");
    return both(`embedded, data in ${dataFolder(home)}`, `内置，数据位于 ${dataFolder(home)}`);
  }
  if (part === "temporal") return program(TEMPORAL, onPath("temporal"));
  if (part === "redis") return program(VALKEY, onPath("valkey-server", "redis-server"));
  return both("embedded inbox: no mail leaves this machine", "内置收件箱：邮件不会离开本机");
}

function program(wheel: Wheel, found: string | undefined): Text {
  if (found !== undefined) return both(`embedded, by ${found}`, `内置，使用 ${found}`);
  const installed = wheelProgram(wheel);
  if (existsSync(installed)) return both(`embedded, by ${installed}`, `内置，使用 ${installed}`);
  if (hasPip())
    return both(
      `embedded, ${wheel.requirement} is installed by pip when first needed`,
      `内置，首次使用时由 pip 安装 ${wheel.requirement}`,
    );
  throw new ServiceError(
    wheel.service,
    "not on PATH, and there is no Python 3 with pip to install it",
    wheel.otherwise,
  );
}

function hasPip(): boolean {
  return ["python3", "python"].some((python) => spawnSync(python, ["-m", "pip", "--version"]).status === 0);
}

function same(text: string): Text {
  return both(text, text);
}

function both(en: string, zh: string): Text {
  return { en, "zh-CN": zh };
}
