import type { Command } from "commander";
import { type Config, readConfig } from "../config.ts";
import { type PartsInUse, useParts } from "../local/parts.ts";
import { startProcesses } from "../local/processes.ts";
import { migrateDatabase } from "../store/database.ts";
import { untilSignal } from "./signal.ts";

export function register(parent: Command): void {
  parent
    .command("up")
    .description("start everything (parts, serve, worker, deliver) and keep it running until Ctrl-C")
    .action(async () => {
      const signal = untilSignal();
      const use = await useParts(readConfig(process.env), ["postgres", "temporal", "redis", "inbox"]);
      try {
        await migrateDatabase({ url: use.config.databaseUrl!, schema: use.config.schema });
        const processes = startProcesses({
          names: ["serve", "worker", "deliver"],
          env: { REKINDLE_HOME: use.config.home, REKINDLE_SECRET: use.config.secret },
          // most already say who they are
          onLine: (name, line) => console.error(line.startsWith(`${name}: `) ? line : `${name}: ${line}`),
        });
        for (const line of addresses(use)) console.log(line);
        await signal;
        console.error(STOPPING[use.config.locale]);
        await processes.stop();
      } finally {
        await use.release(true);
      }
    });
}

const STOPPING = { en: "stopping …", "zh-CN": "正在停止 …" } satisfies Record<Config["locale"], string>;

function addresses({ config, endpoints }: PartsInUse): string[] {
  const known = [
    ["API", config.publicUrl],
    ["inbox", endpoints.inboxUrl],
    ["Temporal", endpoints.temporalUi],
    ["Postgres", endpoints.databaseUrl],
  ] as const;
  return known.filter(([, url]) => url !== undefined).map(([name, url]) => `${name.padEnd(9)} ${url}`);
}
