import type { Socket } from "node:net";
import type { Text } from "../campaign/program.ts";

export type Part = "postgres" | "temporal" | "redis" | "inbox";

// What commands and supervisor say to each other: one JSON object a line.

/** First line of a command; its lease lasts as long as the connection. */
export interface Hello {
  /** the home's id: shows that both mean the same home and that the command may read it */
  id: string;
  need: Part[];
}

/** Gives the lease back; the connection then ends when the supervisor does, or at once when others need it. */
export interface Leaving {
  leaving: true;
}

/** Where the parts that run can be reached. */
export interface Endpoints {
  databaseUrl?: string;
  temporalAddress?: string;
  temporalUi?: string;
  redisUrl?: string;
  smtpUrl?: string;
  inboxUrl?: string;
}

export type Answer =
  | { welcome: number }
  /** progress for a person */
  | { say: Text }
  /** all needed parts are up */
  | { ready: Endpoints }
  | { failed: { service: string; message: string; hint: Text } }
  /** the last lease has gone and parts are being stopped: come again in a moment */
  | { stopping: true }
  /** the supervisor of another home */
  | { refused: true };

export function send(socket: Socket, line: Hello | Leaving | Answer): void {
  if (socket.writable) socket.write(`${JSON.stringify(line)}\n`);
}

/** Calls `take` for each line; what is not JSON, or too long to be ours, ends the connection. */
export function onLines(socket: Socket, take: (line: unknown) => void): void {
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    rest += chunk;
    if (rest.length > 100_000) return void socket.destroy();
    const lines = rest.split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      try {
        take(JSON.parse(line));
      } catch {
        socket.destroy();
        return;
      }
    }
  });
}
