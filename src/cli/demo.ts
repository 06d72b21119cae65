import type { Command } from "commander";
import type { DemoOptions } from "./demo-play.ts";
import { whole } from "./whole.ts";

export function register(parent: Command): void {
  parent
    .command("demo")
    .description("play the reference campaign to its verdict, on real parts, a day in about a second")
    .option("--exit", "stop by itself when done; exit code 1 if a check fails")
    .option("--json <file>", "write the report as JSON")
    .option("--customers <n>", "how many to enrol", whole(1, 100_000), 200)
    .option("--seed <n>", "the same seed makes the same customers", whole(0), 7)
    .action(async (options: DemoOptions) => (await import("./demo-play.ts")).playDemo(options));
}
