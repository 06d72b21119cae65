import type { Command } from "commander";
import type { Bench } from "../../bench/bench.ts";
import type { BenchReport } from "../../bench/measure.ts";
import { nearest, refuse } from "../fault.ts";
import { withServices } from "./services.ts";

/** What can be measured, and the parts that it needs besides Postgres. */
const BENCHES: Record<string, { parts: Parameters<typeof withServices>[0]; load: () => Promise<Bench> }> = {
  segments: { parts: [], load: async () => (await import("../../bench/segments/segments.ts")).benchSegments },
  orchestration: {
    parts: ["temporal"],
    load: async () => (await import("../../bench/orchestration/orchestration.ts")).benchOrchestration,
  },
  intake: { parts: ["redis"], load: async () => (await import("../../bench/intake/intake.ts")).benchIntake },
};

export function register(parent: Command): void {
  parent
    .command("bench")
    .description("how fast it is here: ratios measured side by side")
    .argument("<name>", Object.keys(BENCHES).join(", "))
    .option("--quick", "smaller work, done within a minute")
    .option("--json", "print it as JSON")
    .action(async (name: string, { quick = false, json }: { quick?: boolean; json?: boolean }) => {
      const found = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
      if (!found) {
        throw refuse(name, { en: "no such bench", "zh-CN": "没有该基准测试" }, nearest(name, Object.keys(BENCHES)));
      }
      await withServices(found.parts, async ({ config }) => {
        const bench = await found.load();
        const report = await bench({ config, quick, say: (line) => console.error(line) });
        console.log(json ? JSON.stringify(report, null, 2) : lines(report, config.locale).join("\n"));
      });
    });
}

function lines({ ratios }: BenchReport, locale: "en" | "zh-CN"): string[] {
  const zh = locale === "zh-CN";
  return Object.entries(ratios).map(([name, { median, min, max, target, atMost, met }]) => {
    const sign = atMost ? "≤" : "≥";
    return zh
      ? `${met ? "✓" : "✗"} ${name}：${median}（${min} 至 ${max}），目标 ${sign} ${target}`
      : `${met ? "✓" : "✗"} ${name}: ${median} (${min} to ${max}), to reach: ${sign} ${target}`;
  });
}
