import type { Socket } from "node:net";
import type { ServiceError } from "../../fault.ts";
import type { Text } from "../../campaign/program.ts";
import type { Home } from "../home.ts";
import { type Endpoints, type Hello, type Leaving, onLines, send, type Part } from "../wire.ts";

export interface Leases {
  accept(socket: Socket): void;
  /** progress, to every command that waits or works */
  say(text: Text): void;
}

/** for processes that ended together with the one that leaves */
const LET_GO_MS = 300;

/** Commands' leases: a connection each, so that a command gives its lease back however it ends. */
export function createLeases(
  home: Home,
  ensure: (need: Part[]) => Promise<Endpoints>,
  /** how many leases there are now; false: no more are taken */
  changed: (count: number) => boolean,
): Leases {
  const leases = new Set<Socket>();
  /** gave their lease back and wait for our end */
  const leaving = new Set<Socket>();

  function leave(socket: Socket): void {
    leases.delete(socket);
    leaving.add(socket);
    changed(leases.size);
    setTimeout(() => leases.size > 0 && dismiss(), LET_GO_MS);
  }

  function dismiss(): void {
    for (const socket of leaving) socket.end();
    leaving.clear();
  }

  async function serve(socket: Socket, { need }: Hello): Promise<void> {
    try {
      send(socket, { ready: await ensure(need) });
    } catch (error) {
      const {
        service = "Rekindle's supervisor",
        message,
        hint = { en: "", "zh-CN": "" },
      } = error as Partial<ServiceError>;
      send(socket, { failed: { service, message: message ?? String(error), hint } });
      socket.end();
    }
  }

  return {
    accept(socket) {
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        leaving.delete(socket);
        if (leases.delete(socket)) changed(leases.size);
      });
      onLines(socket, (line) => {
        const hello = line as Hello | Leaving;
        if (leases.has(socket)) return void ("leaving" in hello && leave(socket));
        if (!("id" in hello) || hello.id !== home.id) return endWith(socket, { refused: true });
        if (!changed(leases.size + 1)) return endWith(socket, { stopping: true });
        leases.add(socket);
        dismiss();
        send(socket, { welcome: process.pid });
        void serve(socket, hello);
      });
    },
    say(text) {
      for (const socket of leases) send(socket, { say: text });
    },
  };
}

function endWith(socket: Socket, answer: { refused: true } | { stopping: true }): void {
  send(socket, answer);
  socket.end();
}
