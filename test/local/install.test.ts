import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { installWheel, type Wheel } from "../../src/local/install/pip.ts";
import { identify, isRunning } from "../../src/local/process.ts";
import { textOf, until } from "./home.ts";

const folder = mkdtempSync(join(tmpdir(), "rekindle install "));
const wheel: Wheel = {
  ...{ service: "Thing", requirement: "thing-bin==1.0", program: "bin/thing" },
  otherwise: { en: "set THING_URL", "zh-CN": "请设置 THING_URL" },
};
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach((context) => {
  const own = join(folder, context.task.id);
  mkdirSync(join(own, "path"), { recursive: true });
  vi.stubEnv("XDG_CACHE_HOME", join(own, "cache"));
  vi.stubEnv("PATH", join(own, "path"));
  return () => vi.unstubAllEnvs();
});

test("without Python it says what was tried and what else can be done", async () => {
  await expect(installWheel(wheel, () => undefined)).rejects.toMatchObject({
    service: "Thing",
    message: "could not install thing-bin==1.0 (python3 -m pip: not found; python -m pip: not found)",
    hint: { en: "set THING_URL" },
  });
});

test("an install that fails half-way leaves nothing that a later one would take for whole", async () => {
  python('mkdir -p "$TARGET/bin"; echo half > "$TARGET/bin/thing"; echo "no route to the registry" >&2; exit 1');
  await expect(installWheel(wheel, () => undefined)).rejects.toThrow("no route to the registry");
  expect(readdirSync(join(process.env.XDG_CACHE_HOME!, "rekindle"))).toEqual([]);
  python('mkdir -p "$TARGET/bin"; echo whole > "$TARGET/bin/thing"');
  expect(existsSync(await installWheel(wheel, () => undefined))).toBe(true);
});

test("of several at once all get the program, and it is installed at most once afterwards", async () => {
  python('mkdir -p "$TARGET/bin"; echo whole > "$TARGET/bin/thing"');
  const said: string[] = [];
  const say = (text: { en: string }) => void said.push(text.en);
  const paths = await Promise.all([1, 2, 3].map(() => installWheel(wheel, say)));
  expect(new Set(paths).size).toBe(1);
  expect(readdirSync(join(process.env.XDG_CACHE_HOME!, "rekindle"))).toEqual(["thing-bin==1.0"]);
  const before = said.length;
  await installWheel(wheel, say);
  expect(said).toHaveLength(before);
});

test("an install that is given up ends pip and leaves nothing", async () => {
  const note = join(process.env.PATH!, "pid");
  python(`echo $$ > "${note}"; exec sleep 60`);
  const patience = new AbortController();
  const giving = installWheel(wheel, () => undefined, patience.signal);
  const pip = await until("pip to run", () => identify(Number(textOf(note))));
  patience.abort();
  await expect(giving).rejects.toThrow("could not install thing-bin==1.0");
  expect(isRunning(pip)).toBe(false);
  expect(readdirSync(join(process.env.XDG_CACHE_HOME!, "rekindle"))).toEqual([]);
});

/** A Python whose pip does this, with $TARGET set. */
function python(script: string): void {
  const find = 'while [ "$1" != --target ]; do shift; done; TARGET="$2"';
  const file = join(process.env.PATH!, "python3");
  writeFileSync(file, `#!/bin/sh\nPATH=/usr/bin:/bin\n${find}\n${script}\n`);
  chmodSync(file, 0o755);
}
