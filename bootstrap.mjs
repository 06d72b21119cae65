#!/usr/bin/env node
// From a fresh clone to a running command: plain Node, no dependencies, because nothing is installed yet.
//   node bootstrap.mjs COMMAND…      any `rekindle` command
//   node bootstrap.mjs suite [ARGS]  types, lint, format and tests; with ARGS only `vitest run ARGS`
//   node bootstrap.mjs fresh         the demo and the suite in a clone of HEAD in an empty folder, which is then removed
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const REPORT = join(root, ".rekindle", "test-report.json");

checkNode();
await install();
const [command, ...rest] = process.argv.slice(2);
if (command === "suite") process.exitCode = await suite(rest);
else if (command === "fresh") process.exitCode = await fresh();
else await rekindle();

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Rekindle needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(3);
}

/** Runs `npm ci` when what is installed is not what package-lock.json says. */
async function install() {
  const stamp = join(root, "node_modules", ".rekindle-stamp");
  const lock = readFileSync(join(root, "package-lock.json"));
  const wanted = `${createHash("sha256").update(lock).digest("hex")} ${process.platform} ${process.arch}\n`;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  if (!installed(JSON.parse(lock))) {
    console.error("installing dependencies (npm ci), about a minute …");
    const npm = process.env.npm_execpath?.endsWith(".js") ? [process.execPath, process.env.npm_execpath] : ["npm"];
    const code = await run([...npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], { stdio: ["ignore", 2, 2] });
    if (code !== 0) {
      console.error("npm ci failed; mend what it names (is the package registry reachable?) and try again");
      process.exit(3);
    }
  }
  writeFileSync(stamp, wanted);
}

/** What npm noted when it last installed, against the lock; other platforms' packages are optional. */
function installed({ packages }) {
  const note = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(note)) return false;
  const present = JSON.parse(readFileSync(note, "utf8")).packages;
  const needed = Object.entries(packages).filter(([path, entry]) => path !== "" && !entry.optional);
  return needed.every(([path, entry]) => present[path]?.version === entry.version);
}

/** In this very process: signals, standard streams and the exit code are the command's own. */
async function rekindle() {
  process.env.REKINDLE_HOME ||= join(root, ".rekindle");
  process.env.REKINDLE_RULES ||= join(root, "rules");
  const { run } = await import("./src/local/run.mjs");
  await run(join(root, "src", "cli", "main.ts"));
}

/** @returns the exit code */
async function suite(args) {
  const bin = (name) => join(root, "node_modules", ".bin", name);
  const env = {
    ...{ REKINDLE_TEST_FAST: "1", REKINDLE_TEMPORAL_MEMORY: "1" },
    ...process.env,
    REKINDLE_HOME: process.env.REKINDLE_HOME || join(root, ".rekindle", "test"),
  };
  const vitest = [bin("vitest"), "run", ...args];
  if (args.length > 0) return run(vitest, { env });
  mkdirSync(dirname(REPORT), { recursive: true });
  rmSync(REPORT, { force: true });
  const steps = {
    types: [bin("tsc"), "--noEmit"],
    lint: [bin("oxlint"), "--type-aware"],
    format: [bin("oxfmt"), "--check"],
    tests: [...vitest, "--reporter=default", "--reporter=json", `--outputFile.json=${REPORT}`],
  };
  const failed = [];
  for (const [name, line] of Object.entries(steps)) {
    const began = Date.now();
    console.log(`── ${name}`);
    if ((await run(line, { env })) !== 0) failed.push(name);
    console.log(`── ${name} ${failed.includes(name) ? "FAILED" : "ok"}, ${seconds(began)}`);
  }
  if (failed.length > 0) console.log(`failed: ${failed.join(", ")}`);
  return failed.length > 0 ? 1 : 0;
}

/** What a newcomer would see, in a path with a space and with nothing of ours in the environment. @returns exit code */
async function fresh() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "rekindle fresh ")));
  const clone = join(folder, "clone");
  const ours =
    /^(REKINDLE_|DATABASE_URL|TEMPORAL_|REDIS_URL|SMTP_URL|PUBLIC_URL|PORT$|SAFE_RECIPIENTS|MAIL_FROM|npm_|INIT_CWD)/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  const steps = {
    clone: [["git", "clone", "--quiet", root, clone], { cwd: folder }],
    demo: [["npm", "run", "demo", "--", "--exit"], { cwd: clone, env }],
    test: [["npm", "test"], { cwd: clone, env }],
  };
  const lines = [];
  try {
    for (const [name, [line, options]] of Object.entries(steps)) {
      const began = Date.now();
      const code = await run(line, options);
      lines.push({ ok: code === 0, text: `${name} ${code === 0 ? "ok" : `failed (${code})`}, ${seconds(began)}` });
      if (name === "clone" && code !== 0) break;
    }
    const left = await remaining(folder);
    lines.push({
      ok: left.length === 0,
      text: left.length === 0 ? "no process left" : `left running: ${left.join(", ")}`,
    });
  } finally {
    remove(folder);
  }
  console.log(lines.map(({ text }) => text).join("\n"));
  return lines.every(({ ok }) => ok) ? 0 : 1;
}

/** Processes that still have to do with the folder, after a moment in which the parts may stop. */
async function remaining(folder) {
  for (let attempt = 0; ; attempt++) {
    const left = existsSync("/proc/self")
      ? readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && concerns(pid, folder))
      : [];
    if (left.length === 0 || attempt === 20) return left;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function concerns(pid, folder) {
  try {
    return (
      readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) ||
      readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder)
    );
  } catch {
    return false;
  }
}

/** As root, Postgres keeps a home's data elsewhere; the home notes where. */
function remove(folder) {
  const notes = readdirSync(folder, { recursive: true }).filter((name) => basename(name) === "postgres-folder");
  for (const note of notes) rmSync(readFileSync(join(folder, note), "utf8").trim(), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** A child shares our process group, so a Ctrl-C reaches it without us; only what is sent to us alone is passed on. */
function run([file, ...args], options = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: root, stdio: "inherit", ...options });
    const pass = () => child.kill("SIGTERM");
    const stay = () => undefined;
    process.on("SIGINT", stay);
    process.on("SIGTERM", pass);
    child.once("error", (error) => {
      console.error(`${file}: ${error.message}`);
      resolve(3);
    });
    child.once("exit", (code, signal) => {
      process.off("SIGINT", stay);
      process.off("SIGTERM", pass);
      resolve(signal === null ? code : 130);
    });
  });
}

function seconds(began) {
  return `${((Date.now() - began) / 1000).toFixed(1)} s`;
}
