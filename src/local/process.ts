import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A process that can be told from a later one with the same number. */
export interface Identity {
  pid: number;
  /** when it began, as its system counts */
  stamp: string;
}

export function identify(pid: number): Identity | undefined {
  const stamp = existsSync("/proc/self/stat") ? linuxStamp(pid) : psStamp(pid);
  return stamp === undefined ? undefined : { pid, stamp };
}

/** Whether that very process still runs (a zombie does not). */
export function isRunning(identity: Identity): boolean {
  return identify(identity.pid)?.stamp === identity.stamp;
}

function linuxStamp(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // the command's name, in parentheses, may itself hold spaces and parentheses
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

function psStamp(pid: number): string | undefined {
  const { stdout } = spawnSync("ps", ["-o", "lstart=", "-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  const line = (stdout ?? "").trim();
  return line === "" || /\sZ\S*$/.test(line) ? undefined : line.replace(/\s\S+$/, "");
}

/** Ends a process that we started: politely, then not. */
export async function endProcess(identity: Identity, signal: NodeJS.Signals, patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  signalQuietly(identity, signal);
  while (isRunning(identity)) {
    if (Date.now() > deadline) signalQuietly(identity, "SIGKILL");
    await pause(20);
  }
}

function signalQuietly(identity: Identity, signal: NodeJS.Signals): void {
  try {
    if (isRunning(identity)) process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Arguments for node to run a TypeScript file of ours; also from a path with spaces. */
export function typescriptArguments(file: URL, ...preloads: URL[]): string[] {
  const imports = preloads.flatMap((url) => ["--import", url.href]);
  return [...imports, fileURLToPath(START), fileURLToPath(file)];
}

const START = new URL("./start.mjs", import.meta.url);
