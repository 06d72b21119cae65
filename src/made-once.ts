import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../node_modules/.cache/rekindle/", import.meta.url));
const LOCK = new URL("../package-lock.json", import.meta.url);
const DAY_MS = 86_400_000;
const UNUSED_MS = 30 * DAY_MS;

export interface Recipe {
  /** a folder of its own among what is kept */
  kind: string;
  /** source files, or folders of them, that the result comes of */
  sources: URL[];
  inputs: string[];
}

/**
 * A text that is dear to make and always the same for the same recipe and the same installed packages: made once and kept
 * beside them, for all processes. Where nothing can be kept, it is made each time.
 */
export async function madeOnce(recipe: Recipe, make: () => Promise<string>): Promise<string> {
  const key = keyOf(recipe);
  if (key === undefined) return make();
  const folder = join(FOLDER, recipe.kind);
  const found = await find(join(folder, key));
  if (found !== undefined) return found;
  const made = await make();
  await keep(folder, key, made).catch(() => undefined);
  return made;
}

/** @returns undefined without a lock file, by which alone it could be told that packages have changed */
function keyOf({ sources, inputs }: Recipe): string | undefined {
  try {
    const hash = createHash("sha256");
    for (const source of [LOCK, ...sources]) hash.update(fingerprint(source));
    return hash.update(JSON.stringify([FOLDER, ...inputs])).digest("hex");
  } catch {
    return undefined;
  }
}

const fingerprints = new Map<string, string>();

/** Once a process: it runs on with the code that it has loaded. */
function fingerprint(source: URL): string {
  const known = fingerprints.get(source.href);
  if (known !== undefined) return known;
  const hash = createHash("sha256");
  const path = fileURLToPath(source);
  const files = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: "utf8" }).sort() : [""];
  for (const file of files) {
    const whole = join(path, file);
    if (statSync(whole).isFile()) hash.update(JSON.stringify([file, readFileSync(whole, "utf8")]));
  }
  const made = hash.digest("hex");
  fingerprints.set(source.href, made);
  return made;
}

/** The first line says what the rest must be: a machine that went down while writing leaves half a file. */
async function find(file: string): Promise<string | undefined> {
  try {
    const whole = await readFile(file, "utf8");
    const end = whole.indexOf("\n");
    const text = whole.slice(end + 1);
    if (whole.slice(0, end) !== sumOf(text)) return undefined;
    const now = Date.now();
    if (now - (await stat(file)).mtimeMs > DAY_MS) await utimes(file, now / 1000, now / 1000).catch(() => undefined);
    return text;
  } catch {
    return undefined;
  }
}

/** Several processes may keep the same at once: each has a draft of its own, and the last name stays. */
async function keep(folder: string, key: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const draft = join(folder, `${key}.${randomBytes(6).toString("hex")}`);
  try {
    await writeFile(draft, `${sumOf(text)}\n${text}`);
    await rename(draft, join(folder, key));
  } catch (failure) {
    await rm(draft, { force: true });
    throw failure;
  }
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    if (Date.now() - (await stat(file)).mtimeMs > UNUSED_MS) await rm(file, { force: true });
  }
}

function sumOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
