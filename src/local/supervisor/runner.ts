import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Home } from "../home.ts";
import type { PartKind, Surroundings } from "../part/part.ts";
import { endProcess, type Identity, identify, pause } from "../process.ts";

/** A part's process that answers. */
export interface Running {
  identity: Identity;
  /** resolves when the process has ended, with its exit code or signal */
  ended: Promise<string>;
}

const START_LIMIT_MS = 60_000;
const MAX_LOG_BYTES = 20_000_000;

/**
 * Starts one process of a part and waits until it answers.
 * @throws Error with the end of the part's log when it ends or does not answer in time
 */
export async function run(kind: PartKind, around: Surroundings, began: (identity: Identity) => void): Promise<Running> {
  const { file, args, ...options } = await kind.command(around);
  const log = logFile(around.home, kind);
  const from = openLog(log);
  around.signal.throwIfAborted();
  const child = spawn(file, args, { ...options, stdio: ["ignore", from.descriptor, from.descriptor] });
  closeSync(from.descriptor);
  const ended = whenEnded(child);
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity !== undefined) began(identity);
  let outcome: string | undefined;
  void ended.then((text) => (outcome = text));
  for (const limit = Date.now() + START_LIMIT_MS; Date.now() < limit; await pause(25)) {
    if (outcome !== undefined || identity === undefined || around.signal.aborted) break;
    if (await kind.ready(around).catch(() => false)) return { identity, ended };
  }
  if (identity !== undefined) await endProcess(identity, kind.stopSignal, 5_000);
  const why = outcome ?? `did not answer within ${START_LIMIT_MS / 1000} s`;
  throw new Error(`${why}${tail(log, from.offset)} (see ${log})`);
}

function logFile(home: Home, kind: PartKind): string {
  return join(home.path, "logs", `${kind.name}.log`);
}

function openLog(file: string): { descriptor: number; offset: number } {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const afresh = size > MAX_LOG_BYTES;
  return { descriptor: openSync(file, afresh ? "w" : "a"), offset: afresh ? 0 : size };
}

function tail(log: string, from: number): string {
  const lines = readFileSync(log).subarray(from).toString().trim().split("\n").slice(-4);
  return lines.join("") === "" ? "" : `: ${lines.join(" | ").slice(-600)}`;
}

function whenEnded(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ? `ended by ${signal}` : `ended with code ${code}`));
  });
}
