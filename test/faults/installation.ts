import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { type Config, readConfig } from "../../src/config.ts";
import { freePort } from "../../src/local/door.ts";
import { openHome } from "../../src/local/home.ts";
import { rootFolder } from "../../src/local/part/postgres.ts";
import { useParts } from "../../src/local/parts.ts";
import { endProcess, isRunning, pause, typescriptArguments } from "../../src/local/process.ts";
import { startProcesses } from "../../src/local/processes.ts";
import { readState } from "../../src/local/supervisor/state.ts";
import type { Part } from "../../src/local/wire.ts";

type Program = "serve" | "worker" | "deliver";

/** Everything of a Rekindle of the test's own: embedded parts, and serve, worker and deliver as processes. */
export interface Installation {
  config: Config;
  home: string;
  /** runs `rekindle` lines one after the other in a process of its own; `onLine` hears what they print */
  run(lines: string[][], onLine?: (line: string) => void): Promise<void>;
  /** kill -9 */
  kill(victim: Program | Part): void;
  /** what the processes said of trouble */
  trouble: string[];
  close(): Promise<void>;
}

const TETHER = new URL("../../src/local/tether.mjs", import.meta.url);
const EMBEDDED = { DATABASE_URL: "", TEMPORAL_ADDRESS: "", REDIS_URL: "", SMTP_URL: "" };

/**
 * @param options.temporalInMemory three times as fast, but Temporal must not be killed
 * @param options.parts embedded parts; all unless told
 * @param options.programs kept running; all three unless told
 */
export async function openInstallation(options: {
  temporalInMemory: boolean;
  parts?: Part[];
  programs?: Program[];
}): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), "rekindle faults "));
  const port = await freePort();
  const environment = {
    ...EMBEDDED,
    REKINDLE_HOME: folder,
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    REKINDLE_TEST_FAST: "1",
    REKINDLE_TEMPORAL_MEMORY: options.temporalInMemory ? "1" : "",
  };
  Object.assign(process.env, environment); // the supervisor has its environment from us
  const home = openHome(folder);
  const use = await useParts(readConfig(process.env), options.parts ?? ["postgres", "temporal", "redis", "inbox"]);
  const trouble: string[] = [];
  const processes = startProcesses({
    names: options.programs ?? ["serve", "worker", "deliver"],
    onLine: (name, line) => void trouble.push(`${name}: ${line}`),
  });
  const children = new Set<ChildProcess>();

  return {
    config: use.config,
    home: folder,
    trouble,
    async run(lines, onLine = () => undefined) {
      const script = new URL("./lines.ts", import.meta.url);
      const child = spawn(process.execPath, [...typescriptArguments(script, TETHER), JSON.stringify(lines)], {
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      }) as ChildProcessByStdio<null, Readable, Readable>;
      children.add(child);
      const said: string[] = [];
      createInterface({ input: child.stderr }).on("line", (line) => void said.push(line));
      createInterface({ input: child.stdout }).on("line", (line) => {
        said.push(line);
        onLine(line);
      });
      const [code] = (await once(child, "close")) as [number | null];
      children.delete(child);
      if (code !== 0) throw new Error(`ended with ${code}:\n${[...said, ...trouble].slice(-40).join("\n")}`);
    },
    kill(victim) {
      if (victim === "serve" || victim === "worker" || victim === "deliver") {
        const pid = processes.pids[victim];
        if (pid === undefined) throw new Error(`${victim} does not run`);
        process.kill(pid, "SIGKILL");
      } else {
        const identity = readState(home).parts[victim];
        if (!identity || !isRunning(identity)) throw new Error(`${victim} does not run`);
        process.kill(identity.pid, "SIGKILL");
      }
    },
    async close() {
      for (const child of children) child.kill("SIGKILL");
      await processes.stop();
      await use.release(true);
      const { supervisor } = readState(home);
      if (supervisor) await endProcess(supervisor, "SIGTERM", 10_000);
      await pause(100);
      rmSync(rootFolder(home), { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
