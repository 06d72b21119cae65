import type { Command } from "commander";
import type { Config } from "../config.ts";
import type { PartsInUse } from "../local/parts.ts";
import { untilSignal } from "./signal.ts";

export function register(parent: Command): void {
  parent
    .command("up")
    .description("start everything (parts, serve, worker, deliver) and keep it running until Ctrl-C")
    .action(async () => {
      const signal = untilSignal();
      const { readConfig } = await import("../config.ts");
      const { useParts } = await import("../local/parts.ts");
      const { startProcesses } = await import("../local/processes.ts");
      const { migrateDatabase } = await import("../store/migrate.ts");
      const use = await useParts(readConfig(process.env), ["postgres", "temporal", "redis", "inbox"]);
      try {
        await migrateDatabase({ url: use.config.databaseUrl!, schema: use.config.schema });
        const processes = startProcesses({
          names: ["serve", "worker", "deliver"],
          env: {
            REKINDLE_HOME: use.config.home,
            REKINDLE_SECRET: use.config.secret,
            // read by a person, wherever it goes
            LOG_FORMAT: process.env.LOG_FORMAT ?? "plain",
          },
          // most already say who they are
          onLine: (name, line) => console.error(line.startsWith(`${name}: `) ? line : `${name}: ${line}`),
        });
        for (const line of addresses(use)) console.log(line);
        console.log(`\n${events(use.config)}`);
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

/** How events get in: on this machine and from elsewhere. */
function events({ publicUrl, locale }: Config): string {
  const send =
    'rekindle event send --type order.paid --customer CUSTOMER --data \'{"order_id": "A-1", "amount": 129.5}\'';
  const key = "rekindle key create --role backend --name shop";
  return {
    en: `Send an event from this machine, without a key:\n  ${send}\nFrom elsewhere: POST ${publicUrl}/v1/events with a key:\n  ${key}`,
    "zh-CN": `在本机发送事件（无需密钥）：\n  ${send}\n从其他系统：携带密钥 POST ${publicUrl}/v1/events；创建密钥：\n  ${key}`,
  }[locale];
}
