import type { Command } from "commander";
import type { Config } from "../../config.ts";
import { openWaker } from "../../delivery/lane.ts";
import { loadHome } from "../../operate/rules/home.ts";
import { replayEvents, type ReplayFilter } from "../../operate/event/replay.ts";
import { loadVocabulary } from "../../operate/rules/vocabulary.ts";
import { parseSince } from "../../operate/event/since.ts";
import { now } from "../../store/clock.ts";
import { withServices } from "../services.ts";

interface Options extends Omit<ReplayFilter, "from" | "to"> {
  from?: string;
  to?: string;
  json?: boolean;
}

interface Sum {
  looked: number;
  changed: number;
  failed: number;
}

const AT_ONCE = 5_000;

export function register(parent: Command): void {
  parent
    .command("replay")
    .description(
      "react again: whole to events that failed or wait; of others only what could not be recorded before. Never twice",
    )
    .option("--from <time>", "received at or after; also so long back: 10m, 2h, 1d")
    .option("--to <time>", "received before")
    .option("--type <type>", "only of this type")
    .option("--customer <customer_id>", "only of this customer")
    .option("--source <source>", "only from this source")
    .option("--unreacted", "only those that wait")
    .option("--failed", "only those whose data could not be worked with")
    .option("--all", "every event there is")
    .option("--json", "as JSON")
    .action(({ from, to, json, ...filter }: Options) =>
      withServices(["redis"], async ({ config, db }) => {
        const home = await loadHome(config.rules);
        const at = await now(db);
        const when = {
          ...(from !== undefined && { from: parseSince(from, at, home.timezone, "--from") }),
          ...(to !== undefined && { to: parseSince(to, at, home.timezone, "--to") }),
        };
        const waker = openWaker({ redisUrl: config.redisUrl!, prefix: config.schema });
        const options = {
          vocabulary: await loadVocabulary(config.rules, home),
          ...{ db, home, onStimuli: () => waker.wake("dispatch"), onReleased: () => waker.wake("deliver") },
          onMoved: () => waker.wake("react"),
        };
        const sum: Sum = { looked: 0, changed: 0, failed: 0 };
        try {
          for (let after: number | null = 0; after !== null;) {
            const part = await replayEvents(options, { ...filter, ...when }, { limit: AT_ONCE, after });
            for (const count of ["looked", "changed", "failed"] as const) sum[count] += part[count];
            after = part.next;
          }
        } finally {
          await waker.close();
        }
        console.log(json ? JSON.stringify(sum) : text(sum, config.locale));
      }),
    );
}

function text({ looked, changed, failed }: Sum, locale: Config["locale"]): string {
  return locale === "zh-CN"
    ? `查看 ${looked} 个事件：${changed} 个有新的结果，${failed} 个的数据无法处理`
    : `looked at ${looked} events: ${changed} did something now, the data of ${failed} cannot be worked with`;
}
