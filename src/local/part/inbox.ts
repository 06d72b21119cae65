import { join } from "node:path";
import { typescriptArguments } from "../process.ts";
import type { PartKind } from "./part.ts";

export const inbox: PartKind = {
  name: "inbox",
  label: "the mail inbox",
  stopSignal: "SIGTERM",

  async prepare() {},

  async command({ home, port }) {
    const ports = [await port("inboxSmtp"), await port("inboxHttp")].map(String);
    return {
      file: process.execPath,
      args: [...typescriptArguments(new URL("../inbox/main.ts", import.meta.url)), ...ports, join(home.path, "inbox")],
    };
  },

  async ready({ port }) {
    const answer = await fetch(`http://127.0.0.1:${await port("inboxHttp")}/api/count`);
    return answer.ok;
  },

  async endpoints({ port }) {
    return {
      smtpUrl: `smtp://127.0.0.1:${await port("inboxSmtp")}`,
      inboxUrl: `http://127.0.0.1:${await port("inboxHttp")}`,
    };
  },
};
