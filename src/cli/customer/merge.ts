import { userInfo } from "node:os";
import type { Command } from "commander";
import type { Config } from "../../config.ts";
import { openWaker } from "../../delivery/lane.ts";
import { type Merge, mergeCustomers } from "../../operate/customer/merge.ts";
import { loadHome } from "../../operate/rules/home.ts";
import { withServices } from "../services.ts";

interface Options {
  by?: string;
  yes?: boolean;
  json?: boolean;
}

export function register(parent: Command): void {
  parent
    .command("merge")
    .description("several customers are one: everything of the others becomes the first one's, for good")
    .argument("<keep>", "customer_id that stays")
    .argument("<drop...>", "customer_ids that go; from then on they reach the first one")
    .option("--by <name>", "who says so; recorded", userInfo().username)
    .option("--yes", "do it; without, only says what would be done")
    .option("--json", "print it as JSON")
    .action(async (keep: string, drop: string[], { by, yes = false, json }: Options) =>
      withServices(["redis"], async ({ config, db }) => {
        const home = await loadHome(config.rules);
        const merge = await mergeCustomers(db, { keep, drop, by: by!, home, confirmed: yes });
        if (yes) {
          const waker = openWaker({ redisUrl: config.redisUrl!, prefix: config.schema });
          waker.wake("dispatch");
          await waker.close();
        }
        console.log(json ? JSON.stringify(merge, null, 2) : text(merge, config.locale));
      }),
    );
}

function text({ kept, done, dropped }: Merge, locale: Config["locale"]): string {
  const zh = locale === "zh-CN";
  const lines = dropped.flatMap(({ customer, moved, ended, withheld, listed }) => {
    const rows = Object.entries(moved).map(([table, n]) => `${table} ${n}`);
    const what = rows.length > 0 ? rows.join(", ") : zh ? "无数据" : "nothing";
    const journeys =
      ended === 0
        ? ""
        : zh
          ? `；结束 ${ended} 个进行中的活动参与，停发 ${withheld} 条消息`
          : `; ${ended} journeys end, ${withheld} messages are withheld`;
    const lists = zh
      ? `  ${customer} 在以下活动的名单中，请改为 ${kept} 并重新应用：${listed.join("、")}`
      : `  ${customer} is on lists of these campaigns: write ${kept} instead and apply them again: ${listed.join(", ")}`;
    return [`${customer} → ${kept}: ${what}${journeys}`, ...(listed.length > 0 ? [lists] : [])];
  });
  const last = done
    ? zh
      ? `已合并；这些编号今后均指 ${kept}`
      : `merged; these ids reach ${kept} from now on`
    : zh
      ? "尚未执行；此操作无法撤销，确认请加 --yes"
      : "nothing was changed; this cannot be undone: say --yes to do it";
  return [...lines, last].join("\n");
}
