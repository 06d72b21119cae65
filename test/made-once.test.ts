import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { madeOnce } from "../src/made-once.ts";

const kind = `test-${randomUUID()}`;
const kept = fileURLToPath(new URL(`../node_modules/.cache/rekindle/${kind}/`, import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "made once "));
const source = join(folder, "source.ts");
await writeFile(source, "one");
afterAll(async () => {
  await rm(kept, { recursive: true, force: true });
  await rm(folder, { recursive: true });
});

let made = 0;
const get = (input: string, from = folder) =>
  madeOnce({ kind, sources: [pathToFileURL(from)], inputs: [input] }, async () => `${input}\nmade ${++made}`);

test("what is dear is made once for each input, also by several at a time, and anew when its file was cut off", async () => {
  expect([await get("a"), await get("a"), await get("b")]).toEqual(["a\nmade 1", "a\nmade 1", "b\nmade 2"]);
  const answers = await Promise.all(Array.from({ length: 20 }, () => get("c")));
  expect(answers).toContain(await get("c"));
  // no drafts are left
  const files = await readdir(kept);
  expect(files.filter((name) => !/^[\da-f]{64}$/.test(name))).toEqual([]);
  for (const file of files) await truncate(join(kept, file), 70);
  const before = made;
  expect(await get("a")).toBe(`a\nmade ${before + 1}`);
});

test("other sources make another, and what cannot be read is made each time", async () => {
  const before = made;
  expect(await get("a", source)).toBe(`a\nmade ${before + 1}`);
  const nowhere = join(folder, "nowhere");
  expect([await get("a", nowhere), await get("a", nowhere)]).toEqual([
    `a\nmade ${before + 2}`,
    `a\nmade ${before + 3}`,
  ]);
});
