import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { sql } from "kysely";
import { DateTime } from "luxon";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { freePort } from "../src/local/door.ts";
import { openDatabase } from "../src/store/database.ts";

interface Block {
  language: string;
  /** what stands behind the language: the file that the block is, or "edit FILE" */
  note: string;
  text: string;
}

const english = blocksOf(await readFile("README.md", "utf8"));
const chinese = blocksOf(await readFile("README.zh-CN.md", "utf8"));
const schema = `t_${randomBytes(6).toString("hex")}`;
const folder = await mkdtemp(join(tmpdir(), "rekindle readme "));
const outputs = new Map<string, string>();
let env: NodeJS.ProcessEnv;
let up: ChildProcess | undefined;
let upSaid = "";

beforeAll(async () => {
  const port = await freePort();
  env = {
    ...process.env,
    REKINDLE_HOME: join(folder, "home"),
    REKINDLE_RULES: join(folder, "rules"),
    REKINDLE_SCHEMA: schema,
    REKINDLE_LANG: "en",
    DATABASE_URL: inject("databaseUrl"),
    REDIS_URL: inject("redisUrl"),
    TEMPORAL_ADDRESS: inject("temporalAddress"),
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
  };
  for (const name of ["SMTP_URL", "SAFE_RECIPIENTS", "REKINDLE_KEY"]) delete env[name];
  await cp("rules", join(folder, "rules"), { recursive: true });
  await leaveTheDayOpen();
});

afterAll(async () => {
  if (up && up.exitCode === null) {
    const ended = new Promise((done) => up!.once("exit", done));
    up.kill("SIGTERM");
    await ended;
  }
  const db = openDatabase({ url: inject("databaseUrl"), schema, max: 1 });
  await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(db);
  await db.destroy();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

test("both languages say the same commands and files", () => {
  const told = (blocks: Block[]) =>
    blocks
      .filter(({ language, note }) => language === "sh" || language === "console" || note !== "")
      .map(({ text }) => text.replaceAll(/ +# .*/g, ""));
  expect(told(chinese)).toEqual(told(english));
  expect(commandsOf(english).length).toBeGreaterThan(25);
});

test("the walk-through works as written and prints what it says", { timeout: 420_000 }, async () => {
  let said = "";
  for (const block of english) {
    if (block.note.startsWith("edit ")) await change(block.note.slice("edit ".length), block.text);
    else if (block.note !== "") await write(block.note, block.text);
    else if (block.language === "sh") {
      said = "";
      for (const line of linesOf(block)) said += await play(line);
    } else if (block.language === "text" && said !== "") {
      for (const line of block.text.split("\n").filter((text) => text.trim() !== "" && text.trim() !== "…"))
        expect(plain(said)).toContain(plain(line));
      said = "";
    }
  }
  expect(outputs.get("rekindle validate")).toContain("0 error(s), 0 warning(s)");
  expect(outputs.get("rekindle campaign plan spring-tea")).toMatch(/would be enrolled\s+│\s+5 │/);
  expect(outputs.get("rekindle campaign report spring-tea --json")).toContain('"too early"');
});

test("what the order led to is in the inbox: the survey, and only that", async () => {
  expect([...outputs.keys()]).toContain("rekindle message list spring-tea");
  await expect
    .poll(() => play("rekindle message list spring-tea --json"), { timeout: 120_000, interval: 500 })
    .toContain('"accepted"');
  const inbox = /^inbox\s+(\S+)$/m.exec(upSaid)![1]!;
  const mails = (await (await fetch(`${inbox}/api/messages`)).json()) as { to: string[]; subject: string }[];
  expect(mails).toMatchObject([{ to: ["lin@example.com"], subject: expect.stringContaining("两个问题") }]);
}, 600_000);

test("Ctrl-C ends everything that up started", async () => {
  const ended = new Promise<number | null>((done) => up!.once("exit", (code) => done(code)));
  up!.kill("SIGINT");
  expect(await ended).toBe(0);
  await expect(fetch(`${env.PUBLIC_URL}/healthz`)).rejects.toThrow();
}, 600_000);

/** Plays one line of the page as a shell would. @returns all that it printed */
async function play(line: string): Promise<string> {
  if (line === "rekindle up") return goUp();
  const { code, text } = await shell(line);
  // no launch reaches people without a yes
  expect(code, `${line}\n${text}`).toBe(line.includes("SMTP_URL=") ? 1 : 0);
  outputs.set(line, text);
  return text;
}

async function goUp(): Promise<string> {
  up = spawn(process.execPath, [resolve("bootstrap.mjs"), "up"], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [up.stdout!, up.stderr!]) stream.on("data", (chunk) => (upSaid += String(chunk)));
  const ready = ["serve: listening", "worker: serving", "deliver: messages"];
  await expect.poll(() => ready.every((words) => upSaid.includes(words)), { timeout: 300_000 }).toBe(true);
  return upSaid;
}

function shell(line: string): Promise<{ code: number | null; text: string }> {
  const script = `rekindle() { "$NODE" "$BOOTSTRAP" "$@"; }\n${line}`;
  const own = { ...env, NODE: process.execPath, BOOTSTRAP: resolve("bootstrap.mjs") };
  const child = spawn("bash", ["-c", script], { cwd: folder, env: own, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += String(chunk)));
  return new Promise((done) => child.once("close", (code) => done({ code, text })));
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), `${text}\n`);
}

/** Sets the keys that the page shows, as its reader would. */
async function change(file: string, text: string): Promise<void> {
  const whole = JSON.parse(await readFile(join(folder, file), "utf8")) as object;
  await write(file, JSON.stringify({ ...whole, ...(JSON.parse(text) as object) }, null, 2));
}

/** The survey leaves at once whatever the hour of the test: quiet hours lie on the other side of the clock. */
async function leaveTheDayOpen(): Promise<void> {
  const from = DateTime.now().setZone("Asia/Shanghai").plus({ hours: 12 });
  const quietHours = {
    from: from.toFormat("HH:mm"),
    to: from.plus({ minutes: 1 }).toFormat("HH:mm"),
    onConflict: "defer",
  };
  await change("rules/policy.json", JSON.stringify({ quietHours }));
}

function blocksOf(markdown: string): Block[] {
  const fences = markdown.matchAll(/^```(\w+) ?(.*)\n([^]*?)\n```$/gm);
  return Array.from(fences, ([, language, note, text]) => ({ language: language!, note: note!, text: text! }));
}

function linesOf({ text }: Block): string[] {
  return text.split("\n").filter((line) => line !== "");
}

function commandsOf(blocks: Block[]): string[] {
  return blocks.filter(({ language }) => language === "sh").flatMap(linesOf);
}

/** Without what differs from run to run; "…" ends what is shown of a line. */
function plain(text: string): string {
  return text.replace(/ …$/, "").replace(/\d+\.\d s/g, "N s");
}
