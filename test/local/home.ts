import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Config, readConfig } from "../../src/config.ts";
import { openHome } from "../../src/local/home.ts";
import { rootFolder } from "../../src/local/part/postgres.ts";
import { endProcess } from "../../src/local/process.ts";
import { readState, type State } from "../../src/local/supervisor/state.ts";

// their data are thrown away: no need to wait for the disk
process.env.REKINDLE_TEST_FAST = "1";
process.env.REKINDLE_TEMPORAL_MEMORY = "1";

/** A home of the test's own, at a path that is long and has spaces; nothing of it is left afterwards. */
export function testHome(): { path: string; config: Config; state: () => State } {
  const folder = mkdtempSync(join(tmpdir(), "rekindle home "));
  const path = join(folder, "deep ".repeat(12).trim(), "下面", "far below ".repeat(6).trim());
  const home = openHome(path);
  onTestFinished(async () => {
    const { supervisor } = readState(home);
    if (supervisor) await endProcess(supervisor, "SIGTERM", 10_000);
    rmSync(rootFolder(home), { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  });
  const config = readConfig({ REKINDLE_HOME: path });
  return { path, config, state: () => readState(home) };
}

export async function until<T>(what: string, look: () => T | Promise<T>, limitMs = 90_000): Promise<NonNullable<T>> {
  for (const deadline = Date.now() + limitMs; ;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > deadline) throw new Error(`waited ${limitMs} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

export function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
