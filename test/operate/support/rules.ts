import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export interface Rules {
  dir: string;
  /** replaces text of one file */
  edit(file: string, from: string | RegExp, to: string): Promise<void>;
  write(file: string, content: unknown): Promise<string>;
}

/** A copy of rules/ that a test may spoil; gone when the test ends. */
export async function copyOfRules(): Promise<Rules> {
  const parent = await mkdtemp(join(tmpdir(), "rules with a space "));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  const dir = join(parent, "rules");
  await cp("rules", dir, { recursive: true });
  return {
    dir,
    async edit(file, from, to) {
      const path = join(dir, file);
      const text = await readFile(path, "utf8");
      const changed = text.replace(from, to);
      if (changed === text) throw new Error(`${file} has no ${String(from)}`);
      await writeFile(path, changed);
    },
    async write(file, content) {
      const path = join(dir, file);
      await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
      return path;
    },
  };
}
