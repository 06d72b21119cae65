import type { Command } from "commander";
import { openWaker } from "../../delivery/lane.ts";
import { solveComplaint } from "../../operate/task/complaint.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("solve")
    .description("a complaint is mended: its task is done, and what was held for it is sent if it is still time")
    .argument("<id>", "as in complaint list")
    .option("--by <name>", "who did it")
    .option("--json", "as JSON")
    .action((id: string, { by, json }: { by?: string; json?: boolean }) =>
      withServices(["redis"], async ({ config, db }) => {
        const solved = await solveComplaint(db, id, by);
        const waker = openWaker({ redisUrl: config.redisUrl!, prefix: config.schema });
        waker.wake("dispatch");
        waker.wake("deliver");
        await waker.close();
        if (json) return console.log(JSON.stringify({ id, solved }));
        const told = solved
          ? { en: `${id}: solved`, "zh-CN": `${id}：已解决` }
          : { en: `${id}: was solved before`, "zh-CN": `${id}：此前已解决` };
        console.log(told[config.locale]);
      }),
    );
}
