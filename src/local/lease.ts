import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { ServiceError } from "../fault.ts";
import type { Text } from "../campaign/program.ts";
import { currentDoor, type Door, nextDoor } from "./door.ts";
import type { Home } from "./home.ts";
import { isRunning, pause, typescriptArguments } from "./process.ts";
import { readState } from "./supervisor/state.ts";
import { type Answer, type Endpoints, onLines, send, type Part } from "./wire.ts";

/** The right to use embedded parts, as long as the socket lives. */
export interface Lease {
  endpoints: Endpoints;
  supervisor: number;
  socket: Socket;
}

type Attempt = { lease: Lease } | { stopping: true } | { nobody: true } | { stranger: true } | { silence: true };

const WELCOME_LIMIT_MS = 10_000;
const ATTEMPTS = 400;

/**
 * Takes a lease from the home's supervisor, which is started when there is none.
 * @throws ServiceError when a part, or the supervisor itself, cannot be had
 */
export async function takeLease(home: Home, need: Part[], say: (text: Text) => void): Promise<Lease> {
  let started: Start | undefined;
  let silent = 0;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const door = await currentDoor(home);
    const outcome = await knock(door, home, need, say);
    if ("lease" in outcome) return outcome.lease;
    if ("silence" in outcome) refuseHanging(home);
    if ("silence" in outcome || "stranger" in outcome) {
      if (++silent > 1) await nextDoor(home, door.generation);
      else await pause(50);
    } else if ("nobody" in outcome) {
      if (started?.exitCode === undefined && started !== undefined) await pause(30);
      else if (started?.exitCode === 75 && ++silent > 40) await nextDoor(home, door.generation);
      else if (started !== undefined && started.exitCode !== 0 && started.exitCode !== 75) throw broken(home, started);
      else if (attempt > 0) await pause(50);
      if (started === undefined || started.exitCode !== undefined) started = startSupervisor(home);
    } else await pause(50);
  }
  throw broken(home, started);
}

/** Says hello and waits until the parts are up. */
function knock(door: Door, home: Home, need: Part[], say: (text: Text) => void): Promise<Attempt> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: door.port });
    let supervisor: number | undefined;
    const give = (outcome: Attempt) => {
      clearTimeout(timer);
      if (!("lease" in outcome)) socket.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(() => give({ silence: true }), WELCOME_LIMIT_MS);
    socket.on("connect", () => send(socket, { id: home.id, need }));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      give(error.code === "ECONNREFUSED" || supervisor !== undefined ? { nobody: true } : { stranger: true });
    });
    // a supervisor that is just being killed looks the same; the next knock tells
    socket.on("close", () => give(supervisor === undefined ? { stranger: true } : { nobody: true }));
    onLines(socket, (line) => {
      const answer = line as Answer;
      if ("welcome" in answer) {
        supervisor = answer.welcome;
        clearTimeout(timer);
      } else if ("say" in answer) say(answer.say);
      else if ("ready" in answer) give({ lease: { endpoints: answer.ready, supervisor: supervisor!, socket } });
      else if ("stopping" in answer) give({ stopping: true });
      else if ("refused" in answer) give({ stranger: true });
      else if ("failed" in answer) {
        const { service, message, hint } = answer.failed;
        socket.destroy();
        reject(new ServiceError(service, message, hint));
      }
    });
  });
}

interface Start {
  /** undefined while it runs */
  exitCode?: number;
}

/** In a session of its own: a Ctrl-C meant for the command does not reach the parts. */
function startSupervisor(home: Home): Start {
  const log = openSync(join(home.path, "logs", "supervisor.log"), "a");
  const file = new URL("./supervisor/main.ts", import.meta.url);
  const child = spawn(process.execPath, [...typescriptArguments(file), home.path], {
    cwd: home.path,
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const start: Start = {};
  child.once("error", () => (start.exitCode = 1));
  child.once("exit", (code) => (start.exitCode = code ?? 1));
  child.unref();
  return start;
}

function refuseHanging(home: Home): void {
  const { supervisor } = readState(home);
  if (!supervisor || !isRunning(supervisor)) return;
  throw new ServiceError("Rekindle's supervisor", `process ${supervisor.pid} runs but does not answer`, {
    en: `end it (kill ${supervisor.pid}) and try again`,
    "zh-CN": `请结束该进程（kill ${supervisor.pid}）后重试`,
  });
}

function broken(home: Home, start?: Start): ServiceError {
  const log = join(home.path, "logs", "supervisor.log");
  const lines = readFileSync(log, "utf8").trim().split("\n").slice(-5).join(" | ");
  return new ServiceError("Rekindle's supervisor", `could not be started (exit code ${start?.exitCode}): ${lines}`, {
    en: `see ${log}`,
    "zh-CN": `请查看 ${log}`,
  });
}
