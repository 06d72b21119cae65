import type { Command } from "commander";
import { measureRun } from "../../demo/figures/figures.ts";
import { figuresLine, figuresText } from "../../demo/figures/text.ts";
import { loadRun } from "../../store/run.ts";
import { openTemporal } from "../../temporal/client.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("figures")
    .argument("<run>")
    .description("what a run has cost in Temporal (actions, events, bytes), and how fast it went")
    .option("--json", "as JSON")
    .option("--line", "in one line")
    .action((run: string, { json, line }: { json?: boolean; line?: boolean }) =>
      withServices(["temporal"], async ({ config, db }) => {
        await loadRun(db, run);
        const temporal = await openTemporal(config);
        try {
          const figures = await measureRun(db, temporal, config.schema, run);
          console.log(json ? JSON.stringify(figures, null, 2) : line ? figuresLine(figures) : figuresText(figures));
        } finally {
          await temporal.close();
        }
      }),
    );
}
