import type { Command } from "commander";
import { type Recovered, recoverRun, unfinishedRuns } from "../../operate/run/recover.ts";
import { findRun } from "../../report/find-run.ts";
import { openTemporal } from "../../temporal/client.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("recover")
    .argument("[run]", "run (winback-30-1), or a campaign for its latest run; every unfinished run when left out")
    .description("start again what Temporal has lost of a run: everybody goes on where they stood")
    .option("--json", "as JSON")
    .action((name: string | undefined, { json }: { json?: boolean }) =>
      withServices(["temporal"], async ({ config, db }) => {
        const temporal = await openTemporal(config);
        try {
          const runs = name === undefined ? await unfinishedRuns(db) : [await findRun(db, name)];
          const recovered: Recovered[] = [];
          for (const run of runs) recovered.push(await recoverRun(db, temporal, config.schema, run));
          if (json) console.log(JSON.stringify(recovered));
          else for (const one of recovered) console.log(told(one)[config.locale]);
        } finally {
          await temporal.close();
        }
      }),
    );
}

function told({ run, restarted, running, members, runRestarted }: Recovered) {
  return {
    en: `${run}: ${restarted} cohort(s) started again with ${members} members under way, ${running} were running${runRestarted ? "; the run itself was started again" : ""}`,
    "zh-CN": `${run}：重新启动 ${restarted} 个批次（在途 ${members} 人），${running} 个本就在运行${runRestarted ? "；运行本身也已重新启动" : ""}`,
  };
}
