import type { Command } from "commander";
import { drainRun } from "../../operate/run/drain.ts";
import { findRun } from "../../report/find-run.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("drain")
    .argument("<run>", "run (winback-30-1), or a campaign for its latest run")
    .description("let nobody in any more; those inside finish")
    .option("--json", "as JSON")
    .action((name: string, { json }: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const drained = await drainRun(db, await findRun(db, name));
        const { run, dropped, live } = drained;
        const text = {
          en: `${run}: nobody enters any more (${dropped} were waiting); ${live} finish their journeys`,
          "zh-CN": `${run} 不再接纳新成员（${dropped} 人原在排队）；${live} 人继续走完流程`,
        };
        console.log(json ? JSON.stringify(drained) : text[config.locale]);
      }),
    );
}
