import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";

// a clone of its own, with the packages of this one
const folder = await mkdtemp(join(tmpdir(), "rekindle bundle "));
const clone = join(folder, "a clone");
const kept = join(clone, "node_modules", ".cache", "rekindle", "code");
for (const name of ["src", "workflows", "activities", "bench", "worker.ts", "package.json", "package-lock.json"])
  await cp(name, join(clone, name), { recursive: true });
await mkdir(join(clone, "node_modules"));
for (const name of await readdir("node_modules"))
  if (name !== ".cache") await symlink(resolve("node_modules", name), join(clone, "node_modules", name));
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

async function help(): Promise<string> {
  const child = spawn(
    process.execPath,
    [join(clone, "src/local/start.mjs"), join(clone, "src/cli/main.ts"), "--help"],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  expect(await once(child, "close")).toEqual([0, null]);
  return said;
}

async function change(from: string, to: string): Promise<void> {
  const file = join(clone, "src/cli/commands.ts");
  await writeFile(file, (await readFile(file, "utf8")).replaceAll(from, to));
}

test("commands that start at once make one bundle, which later ones use until a source is changed", async () => {
  const first = await Promise.all([help(), help(), help()]);
  expect(first[0]).toContain("what rules may say");
  expect(new Set(first).size).toBe(1);
  expect(await readdir(kept)).toHaveLength(1);
  expect(await help()).toBe(first[0]);
  expect(await readdir(kept)).toHaveLength(1);

  await change("what rules may say", "what rules are made of");
  expect(await help()).toContain("what rules are made of");
  expect(await readdir(kept)).toHaveLength(2);
});

test("where nothing can be kept, sources are read one by one", async () => {
  await rm(kept, { recursive: true });
  await writeFile(kept, "a file, where the folder should be");
  await change("what rules are made of", "what rules are made for");
  expect(await help()).toContain("what rules are made for");
});
