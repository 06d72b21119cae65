// Our TypeScript as plain JavaScript in few files, made when sources have changed and kept beside the packages.
// Plain JavaScript itself, because it runs before anything can read TypeScript.
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { createRequire } from "node:module";
import { isAbsolute, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const KEPT = join(ROOT, "node_modules", ".cache", "rekindle", "code");
const FOLDERS = ["src", "workflows", "activities", "bench"];
const FILES = ["worker.ts", "package-lock.json"];
/** What processes begin with. Other files of ours, such as a test's or a bench's, have a bundle of their own. */
const ENTRIES = ["src/cli/main.ts", "src/local/supervisor/main.ts", "src/local/inbox/main.ts"];
const HOUR_MS = 3_600_000;
/** Processes that run on with older code may still load parts of it; whoever edits all day shall not fill the disk. */
const UNUSED_MS = 72 * HOUR_MS;
const MANY = 12;
const UNUSED_OF_MANY_MS = 3 * HOUR_MS;

/**
 * @param {string} file a TypeScript file of ours
 * @returns {Promise<string | undefined>} the same as JavaScript; undefined when it is not ours or nothing can be kept
 */
export async function bundled(file) {
  const entry = relative(ROOT, file).split(sep).join("/");
  if (isAbsolute(entry) || entry.startsWith("../")) return undefined;
  const entries = ENTRIES.includes(entry) ? ENTRIES : [entry];
  try {
    const folder = join(KEPT, fingerprint(entries));
    const age = ageOf(folder);
    if (age === undefined) await bundle(entries, folder);
    else if (age > HOUR_MS) touch(folder);
    return join(folder, entry.replace(/\.ts$/, ".mjs"));
  } catch {
    return undefined;
  }
}

/** Changes with every file that is written, added, renamed or removed. */
function fingerprint(entries) {
  const hash = createHash("sha256").update(`${ROOT} ${process.versions.node} ${entries.join(" ")}`);
  for (const folder of new Set([...FOLDERS, ...entries.map((entry) => entry.split("/")[0])])) {
    const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
    for (const name of names.filter((one) => one.endsWith(".ts")).sort()) stamp(hash, join(folder, name));
  }
  for (const file of [...FILES, "src/local/bundle.mjs"]) stamp(hash, file);
  return hash.digest("hex").slice(0, 32);
}

function stamp(hash, file) {
  const { size, mtimeMs } = statSync(join(ROOT, file));
  hash.update(`${file} ${size} ${mtimeMs}\n`);
}

function ageOf(folder) {
  try {
    return Date.now() - statSync(folder).mtimeMs;
  } catch {
    return undefined;
  }
}

/** It is in use; whoever may not say so may use it all the same. */
function touch(folder) {
  try {
    utimesSync(folder, new Date(), new Date());
  } catch {
    // another user's
  }
}

/** Several may be at it at once: each makes its own, and the first one's stays. */
async function bundle(entries, folder) {
  mkdirSync(KEPT, { recursive: true });
  const draft = join(KEPT, `draft-${randomBytes(6).toString("hex")}`);
  // the bundler that tsx brings along
  const { build } = createRequire(createRequire(import.meta.url).resolve("tsx"))("esbuild");
  try {
    await build({
      absWorkingDir: ROOT,
      entryPoints: entries,
      outbase: ROOT,
      outdir: draft,
      outExtension: { ".js": ".mjs" },
      chunkNames: "chunks/[name]-[hash]",
      ...{ bundle: true, splitting: true, format: "esm", platform: "node", target: "node20", packages: "external" },
      ...{ keepNames: true, sourcemap: true, sourcesContent: false, logLevel: "silent" },
      plugins: [{ name: "places", setup: keepPlaces }],
    });
    renameSync(draft, folder);
  } catch (failure) {
    rmSync(draft, { recursive: true, force: true });
    if (ageOf(folder) === undefined) throw failure;
  }
  const others = readdirSync(KEPT).map((name) => join(KEPT, name));
  const limit = others.length > MANY ? UNUSED_OF_MANY_MS : UNUSED_MS;
  for (const other of others) if (ageOf(other) > limit) rmSync(other, { recursive: true, force: true });
}

/** Files are looked for from where the source lies. */
function keepPlaces(builder) {
  builder.onLoad({ filter: /\.ts$/ }, ({ path }) => {
    const source = readFileSync(path, "utf8");
    return { contents: source.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href)), loader: "ts" };
  });
}
