import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { pause, typescriptArguments } from "./process.ts";

export interface ProcessOptions {
  /** `rekindle` commands that run until stopped: "serve", "worker", "deliver"; one named twice runs twice */
  names: string[];
  /** what runs them, a TypeScript file; the CLI unless told */
  program?: URL;
  /** added to our own environment */
  env?: NodeJS.ProcessEnv;
  /** whatever they print, and what happens to them */
  onLine?: (name: string, line: string) => void;
}

export interface Processes {
  /** of those that run now; a name that runs twice has a second entry "worker 2" */
  readonly pids: Record<string, number>;
  /** resolves when all have ended; the impatient way after fifteen seconds */
  stop(): Promise<void>;
}

const STOP_PATIENCE_MS = 15_000;
/** one that lived this long was well: its next start need not wait */
const WELL_MS = 30_000;

/** Runs commands as child processes, each again when it ends by itself, all of them no longer than ourselves. */
export function startProcesses(options: ProcessOptions): Processes {
  const { names, program = MAIN, env = {}, onLine = () => undefined } = options;
  const children = new Map<string, ChildProcess>();
  let stopping = false;

  function start(name: string, label: string): ChildProcess {
    const arguments_ = typescriptArguments(program, TETHER);
    const child = spawn(process.execPath, [...arguments_, name], {
      env: { ...process.env, ...env },
      // a group of its own: a Ctrl-C reaches us alone, and we stop the others in order
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on("line", (line) => onLine(label, line));
    }
    child.on("error", (error) => onLine(label, error.message));
    children.set(label, child);
    return child;
  }

  async function keep(name: string, label: string): Promise<void> {
    for (let delay = 200; !stopping;) {
      const began = Date.now();
      // closed, not only ended: what it said last is told before it is started again
      const [code, signal] = (await once(start(name, label), "close")) as [number | null, string | null];
      children.delete(label);
      if (stopping) return;
      delay = Date.now() - began > WELL_MS ? 200 : Math.min(delay * 2, 10_000);
      onLine(label, `ended (${signal ?? `code ${code}`}); starting it again`);
      await pause(delay);
    }
  }

  const kept = names.map((name, i) => {
    const earlier = names.slice(0, i).filter((other) => other === name).length;
    return keep(name, earlier === 0 ? name : `${name} ${earlier + 1}`);
  });

  return {
    get pids() {
      const alive = [...children].filter(([, child]) => child.pid !== undefined);
      return Object.fromEntries(alive.map(([label, child]) => [label, child.pid!]));
    },
    async stop() {
      stopping = true;
      for (const child of children.values()) child.kill("SIGTERM");
      const impatient = setTimeout(() => {
        for (const child of children.values()) child.kill("SIGKILL");
      }, STOP_PATIENCE_MS);
      await Promise.all(kept);
      clearTimeout(impatient);
    },
  };
}

const MAIN = new URL("../cli/main.ts", import.meta.url);
const TETHER = new URL("./tether.mjs", import.meta.url);
