import type { Command } from "commander";
import { refuse } from "../../fault.ts";
import { freezeClock } from "../../operate/clock.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("begin")
    .description("make this a demo database: its clock stands at a time and is put forward by demo-world play")
    .requiredOption("--at <time>", "ISO 8601, with zone")
    .action(({ at }: { at: string }) =>
      withServices([], async ({ db }) => {
        const time = new Date(at);
        if (Number.isNaN(time.getTime()))
          throw refuse("--at", { en: `"${at}" is not a time`, "zh-CN": `“${at}” 不是有效时间` });
        await freezeClock(db, time);
        console.log(`the clock stands at ${time.toISOString()}`);
      }),
    );
}
