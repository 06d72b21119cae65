import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";
import { expect, test } from "vitest";
import type { Compiler } from "webpack";

/** From what everybody may import down to what imports everything above it. */
const LAYERS = [
  // everybody's vocabulary: types and constants that import nothing but one another
  [
    "src/rule/ast.ts",
    "src/campaign/units.ts",
    "src/campaign/means.ts",
    "src/campaign/goal.ts",
    "src/campaign/audience.ts",
    "src/campaign/program-trigger.ts",
    "src/campaign/program.ts",
    "src/campaign/calendar.ts",
    "workflows/messages.ts",
  ],
  ["src/locale.ts", "src/config.ts", "src/fault.ts", "src/made-once.ts"],
  ["src/watch/"],
  ["src/rule/"],
  ["src/campaign/"],
  ["src/stats/"],
  ["workflows/"],
  ["src/store/"],
  ["src/template/"],
  ["src/channel/"],
  ["src/delivery/"],
  ["src/temporal/"],
  ["src/simulate/"],
  ["src/report/"],
  ["activities/"],
  ["src/intake/"],
  ["src/operate/"],
  ["src/http/"],
  ["src/client/"],
  ["src/local/"],
  ["src/demo/"],
];
/** Roots wire everything together; tests look at everything. */
const EXEMPT = ["worker.ts", "vitest.config.ts", "src/cli/", "bench/", "console/", "test/"];
/** No I/O: they run in the workflow sandbox and the simulator too, or only say what others ask (rules as SQL). */
const PURE = ["src/rule/", "src/campaign/", "src/stats/", "workflows/"];
const IO_PACKAGES = /^(node:|pg|ioredis|bullmq|fastify|nodemailer|pino|@temporalio\/(client|worker))/;
const MAX_LINES = 400;
const MEDIAN_LINES = 100;

const root = fileURLToPath(new URL("../", import.meta.url));
const files = ["src", "workflows", "activities", "bench", "console", "test"]
  .flatMap(sources)
  .concat("worker.ts")
  .sort();
const imports = new Map(files.map((file) => [file, importsOf(file)]));

test("imports only point up the layers", () => {
  const wrong = edges().filter(([from, to]) => isBound(from) && layer(to) > layer(from));
  expect(wrong.map(([from, to]) => `${from} may not import ${to}`)).toEqual([]);
});

test("every source file has a layer", () => {
  expect(files.filter((file) => isBound(file) && layer(file) < 0)).toEqual([]);
});

test("nothing outside of the tests imports a test, and nothing but roots imports a root", () => {
  const wrong = edges().filter(([from, to]) => isBound(from) && startsWithAny(to, EXEMPT));
  expect(wrong.map(([from, to]) => `${from} may not import ${to}`)).toEqual([]);
});

test("the typed client depends on nothing here", () => {
  const wrong = edges().filter(([from, to]) => from.startsWith("src/client/") && !to.startsWith("src/client/"));
  expect(wrong).toEqual([]);
});

/** Dynamic imports aside: the table of commands loads the demo, which runs commands. */
test("no file imports itself by way of others, not even for types", () => {
  expect(cycles()).toEqual([]);
});

test("pure folders do no I/O", () => {
  const wrong = files
    .filter((file) => startsWithAny(file, PURE))
    .flatMap((file) =>
      imports
        .get(file)!
        .packages.filter((name) => IO_PACKAGES.test(name))
        .map((name) => `${file}: ${name}`),
    );
  expect(wrong).toEqual([]);
});

test("the workflow bundle holds workflows, program, calendar and machine, and no library", async () => {
  const modules = await bundledModules();
  const ours = modules.filter((path) => path.endsWith(".ts"));
  const allowed = /^(workflows\/[^/]+|src\/campaign\/(program|calendar|enrolment|machine))\.ts$/;
  expect(ours.filter((path) => !allowed.test(path))).toEqual([]);
  expect(ours).toContain("src/campaign/machine.ts");
  const packages = new Set(modules.filter((path) => path.startsWith("node_modules/")).map(packageOf));
  expect([...packages].filter((name) => !SANDBOX_PACKAGES.has(name))).toEqual([]);
});

/** What @temporalio/workflow brings along itself. */
const SANDBOX_PACKAGES = new Set([
  "@temporalio/workflow",
  "@temporalio/common",
  "@temporalio/proto",
  "long",
  "ms",
  "nexus-rpc",
  "protobufjs",
]);

test(`no file is longer than ${MAX_LINES} lines, and half are no longer than ${MEDIAN_LINES}`, ({ annotate }) => {
  const lengths = files.filter((file) => !file.startsWith("test/")).map((file) => ({ file, lines: lines(file) }));
  const long = files.map((file) => ({ file, lines: lines(file) })).filter((entry) => entry.lines > MAX_LINES);
  expect(long).toEqual([]);
  const sorted = lengths.map((entry) => entry.lines).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)]!;
  void annotate(`${files.length} files, median ${median} lines, largest ${sorted.at(-1)}`);
  expect(median).toBeLessThanOrEqual(MEDIAN_LINES);
});

function sources(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => /\.tsx?$/.test(name) && !name.includes("node_modules"))
    .map((name) => join(folder, name));
}

interface Imports {
  files: string[];
  /** of the files, those imported at load time or for types */
  fixed: string[];
  packages: string[];
}

function importsOf(file: string): Imports {
  const text = readFileSync(join(root, file), "utf8");
  const fixed = [...text.matchAll(/^\s*(?:import|export)\b(?:[^"'`;]*?from)?\s*["']([^"']+)["']/gm)].map(
    (match) => match[1]!,
  );
  const dynamic = [...text.matchAll(/\bimport\(["']([^"']+)["']\)/g)].map((match) => match[1]!);
  const own = (names: string[]) =>
    names.filter((name) => name.startsWith(".")).map((name) => relative(root, join(root, dirname(file), name)));
  return {
    files: own([...fixed, ...dynamic]),
    fixed: own(fixed),
    packages: [...fixed, ...dynamic].filter((name) => !name.startsWith(".")),
  };
}

function edges(): [string, string][] {
  return files.flatMap((from) => imports.get(from)!.files.map((to): [string, string] => [from, to]));
}

function isBound(file: string): boolean {
  return !startsWithAny(file, EXEMPT);
}

function startsWithAny(file: string, starts: string[]): boolean {
  return starts.some((start) => file.startsWith(start));
}

/** The most particular entry decides; -1: none. */
function layer(file: string): number {
  const exact = LAYERS.findIndex((entries) => entries.includes(file));
  return exact >= 0
    ? exact
    : LAYERS.findIndex((entries) =>
        startsWithAny(
          file,
          entries.filter((entry) => entry.endsWith("/")),
        ),
      );
}

/** Each cycle once, as the files that one runs through. */
function cycles(): string[][] {
  const done = new Set<string>();
  const found: string[][] = [];
  const visit = (file: string, path: string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) return void found.push([...path.slice(start), file]);
    if (done.has(file)) return;
    for (const next of imports.get(file)?.fixed ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}

async function bundledModules(): Promise<string[]> {
  const paths = new Set<string>();
  await bundleWorkflowCode({
    workflowsPath: join(root, "workflows/index.ts"),
    logger: new DefaultLogger("ERROR"),
    webpackConfigHook: (config) => ({ ...config, plugins: [...(config.plugins ?? []), { apply: listing(paths) }] }),
  });
  return [...paths].map((path) => relative(root, path)).sort();
}

/** A webpack plugin that notes each module's file. */
function listing(paths: Set<string>): (compiler: Compiler) => void {
  return ({ hooks }) =>
    hooks.compilation.tap("list", (compilation) =>
      compilation.hooks.finishModules.tap("list", (modules) => {
        for (const module of modules) {
          const file = module.nameForCondition();
          if (file) paths.add(file);
        }
      }),
    );
}

function packageOf(path: string): string {
  return /^(?:.*node_modules\/)((?:@[^/]+\/)?[^/]+)/.exec(path)![1]!;
}

function lines(file: string): number {
  return readFileSync(join(root, file), "utf8").split("\n").length - 1;
}
