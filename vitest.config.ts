import { execFileSync } from "node:child_process";
import { defineConfig } from "vitest/config";
import { LongFirst } from "./test/support/order.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/parts.ts"],
    maxWorkers: 2,
    sequence: { sequencer: LongFirst },
    // limits say that something hangs, not that a machine is slow
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 90_000, interval: 20 } },
    env: { REKINDLE_TEST_SEED: process.env.REKINDLE_TEST_SEED ?? String(seedOfCommit()) },
  },
});

/** Of one commit always the same inputs, so that red can be played again; of the next one others, so that the suite explores. */
function seedOfCommit(): number {
  try {
    const cwd = import.meta.dirname;
    const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd, encoding: "utf8", stdio: "pipe" });
    return Number.parseInt(commit.slice(0, 7), 16);
  } catch {
    return 1; // an unpacked archive has no commit
  }
}
