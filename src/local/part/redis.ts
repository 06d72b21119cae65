import { mkdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { valkeyProgram } from "../install/programs.ts";
import type { PartKind } from "./part.ts";

/** Holds only wake-ups, which can be made again from Postgres: so nothing of it is kept on disk. */
export const redis: PartKind = {
  name: "redis",
  label: "Valkey",
  stopSignal: "SIGTERM",

  async prepare(around) {
    await valkeyProgram(around);
  },

  async command(around) {
    const { home, port } = around;
    const cwd = join(home.path, "redis");
    mkdirSync(cwd, { recursive: true });
    const settings = { bind: "127.0.0.1", save: "", appendonly: "no", "maxmemory-policy": "noeviction" };
    return {
      file: await valkeyProgram(around),
      args: [
        ...["--port", String(await port("redis"))],
        ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
      ],
      cwd,
    };
  },

  async ready({ port }) {
    return answersPing(await port("redis"));
  },

  async endpoints({ port }) {
    return { redisUrl: `redis://127.0.0.1:${await port("redis")}` };
  },
};

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: 1_000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("connect", () => socket.write("PING\r\n"));
    socket.on("data", (chunk: Buffer) => end(chunk.toString().startsWith("+PONG")));
    socket.on("timeout", () => end(false));
    socket.on("error", () => end(false));
  });
}
