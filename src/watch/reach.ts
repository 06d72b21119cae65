import { connect } from "node:net";
import type { Part } from "./readiness.ts";

/** A part that answers as soon as a connection to its URL is made; nothing is said over it. */
export function reachable(name: string, url: string, usualPort: number, needed: boolean): Part {
  const { hostname, port } = new URL(url);
  const target = { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || usualPort };
  return {
    name,
    needed,
    answers: () =>
      new Promise((resolve) => {
        const socket = connect(target);
        const end = (answered: boolean) => {
          socket.destroy();
          resolve(answered);
        };
        socket.setTimeout(2_000, () => end(false));
        socket.once("connect", () => end(true));
        socket.once("error", () => end(false));
      }),
  };
}
