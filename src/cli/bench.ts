import type { Command } from "commander";
import type { BenchReport } from "../../bench/measure.ts";
import { nearest, refuse } from "../fault.ts";
import { withServices } from "./services.ts";

type Bench = (options: {
  databaseUrl: string;
  rules: string;
  quick: boolean;
  say: (line: string) => void;
}) => Promise<BenchReport>;

/** What can be measured. */
const BENCHES: Record<string, () => Promise<Bench>> = {
  segments: async () => (await import("../../bench/segments/segments.ts")).benchSegments,
};

export function register(parent: Command): void {
  parent
    .command("bench")
    .description("how fast it is here: ratios measured side by side")
    .argument("<name>", Object.keys(BENCHES).join(", "))
    .option("--quick", "smaller work, done within a minute")
    .option("--json", "print it as JSON")
    .action(async (name: string, { quick = false, json }: { quick?: boolean; json?: boolean }) => {
      const load = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
      if (!load) {
        throw refuse(name, { en: "no such bench", "zh-CN": "没有该基准测试" }, nearest(name, Object.keys(BENCHES)));
      }
      await withServices([], async ({ config }) => {
        const bench = await load();
        const say = (line: string) => console.error(line);
        const report = await bench({ databaseUrl: config.databaseUrl!, rules: config.rules, quick, say });
        console.log(json ? JSON.stringify(report, null, 2) : lines(report, config.locale).join("\n"));
      });
    });
}

function lines({ ratios }: BenchReport, locale: "en" | "zh-CN"): string[] {
  const zh = locale === "zh-CN";
  return Object.entries(ratios).map(([name, { median, min, max, target, met }]) =>
    zh
      ? `${met ? "✓" : "✗"} ${name}：${median}（${min} 至 ${max}），目标 ≥ ${target}`
      : `${met ? "✓" : "✗"} ${name}: ${median} (${min} to ${max}), to reach: ≥ ${target}`,
  );
}
