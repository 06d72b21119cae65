import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "rekindle elsewhere "));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a command runs from any folder, and its output and exit code are its own", () => {
  const well = node("../../bootstrap.mjs", "doctor", "--json");
  expect(well.stderr).toBe("");
  const findings = JSON.parse(well.stdout) as { what: string; ok: boolean }[];
  expect(findings.map(({ what }) => what)).toEqual(["Node", "Postgres", "Temporal", "Redis", "SMTP"]);
  expect(well.status).toBe(0);
  const wrong = node("../../bootstrap.mjs", "doctor", "--jason");
  expect(wrong.stderr).toContain("--json");
  expect(wrong.status).toBe(2);
});

test("the last line of CI counts what passed and failed", () => {
  const count = (report: unknown) => {
    const file = join(folder, "report.json");
    writeFileSync(file, JSON.stringify(report));
    const { stdout, status } = node("../../.ci/count.mjs", file);
    return [stdout, status];
  };
  const good = { status: "passed", assertionResults: [{ status: "passed" }] };
  const unreadable = { status: "failed", assertionResults: [] };
  expect(count({ numPassedTests: 7, numFailedTests: 0, testResults: [good] })).toEqual(["7 passed, 0 failed\n", 0]);
  expect(count({ numPassedTests: 6, numFailedTests: 1, testResults: [good] })).toEqual(["6 passed, 1 failed\n", 1]);
  expect(count({ numPassedTests: 7, numFailedTests: 0, testResults: [good, unreadable] })).toEqual([
    "7 passed, 1 failed\n",
    1,
  ]);
  const none = node("../../.ci/count.mjs", join(folder, "nowhere.json"));
  expect([none.stdout, none.status]).toEqual(["0 passed, 0 failed\n", 1]);
});

test("the lock names every platform's packages, without which npm ci refuses it on all platforms", () => {
  const lock = new URL("../../package-lock.json", import.meta.url);
  const { packages } = JSON.parse(readFileSync(lock, "utf8")) as Lock;
  const missing = Object.entries(packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {}).filter(
      (name) => !(`${path}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages),
    ),
  );
  expect(missing).toEqual([]);
});

interface Lock {
  packages: Record<string, { optionalDependencies?: Record<string, string> }>;
}

function node(file: string, ...args: string[]) {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, REKINDLE_HOME: join(folder, "home") };
  const path = fileURLToPath(new URL(file, import.meta.url));
  return spawnSync(process.execPath, [path, ...args], { cwd: folder, env, encoding: "utf8" });
}
