import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, inject, test, vi } from "vitest";
import { LOOKS, userName } from "../../src/cli/act.ts";
import { commands } from "../../src/cli/commands.ts";
import { runCommand } from "../../src/cli/run.ts";
import { listActs } from "../../src/store/audit-log.ts";
import { testSchema } from "../support/schema.ts";

const schema = await testSchema();
const home = mkdtempSync(join(tmpdir(), "rekindle act "));
afterAll(() => rmSync(home, { recursive: true, force: true }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = 0;
});

/** Runs one line on this file's schema. */
async function run(...words: string[]): Promise<{ code: number; text: string }> {
  const env = { DATABASE_URL: schema.url, REDIS_URL: inject("redisUrl"), REKINDLE_SCHEMA: schema.schema };
  for (const [name, value] of Object.entries({ ...env, REKINDLE_HOME: home, LANG: "en", LC_ALL: "" }))
    vi.stubEnv(name, value);
  let text = "";
  const keep = (...given: unknown[]) => void (text += `${given.join(" ")}\n`);
  vi.spyOn(console, "log").mockImplementation(keep);
  vi.spyOn(console, "error").mockImplementation(keep);
  const code = await runCommand(words);
  vi.restoreAllMocks();
  return { code, text };
}
const latest = async () => (await listActs(schema.db, { limit: 1 }))[0];

test("a command that changes something is in the audit log, with who was at the machine; a look is not", async () => {
  const made = await run("key", "create", "--role", "ops", "--name", "crm", "--json");
  expect(made.code).toBe(0);
  const entry = { who: userName(), kind: "command", door: "cli", action: "key create" };
  expect(await latest()).toMatchObject({
    ...entry,
    outcome: "done",
    target: { role: "ops", name: "crm", options: ["json"] },
  });
  expect((await run("key", "create", "--role", "ops", "--name", "crm")).code).toBe(1);
  const refused = await latest();
  expect(refused).toMatchObject({ ...entry, outcome: "refused" });
  expect((await run("key", "list")).text).toContain("crm");
  expect(await latest()).toEqual(refused);
  const { key } = JSON.parse(made.text) as { key: string };
  expect(JSON.stringify(await listActs(schema.db, { limit: 10 }))).not.toContain(key);
});

test("what is said of people is not kept, only that it was said", async () => {
  const opened = await run("complaint", "open", "--customer", "c1", "--note", "shouted at Ms Wang");
  expect(opened).toMatchObject({ code: 0, text: expect.stringContaining("c1 was not known and is a customer now") });
  const entry = await latest();
  const again = await run("complaint", "open", "--customer", "c1");
  expect(again.text).not.toContain("was not known");
  expect(entry).toMatchObject({ action: "complaint open", target: { options: ["customer", "note"] } });
  expect(JSON.stringify(entry)).not.toContain("Wang");
});

test("the log can be listed and verified, also against an end that was noted", async () => {
  const { text } = await run("audit", "verify");
  const [, end] = /end (\d+:[0-9a-f]{64})/.exec(text)!;
  expect((await run("audit", "list")).text).toContain("key create");
  expect((await run("audit", "verify", "--against", end!)).code).toBe(0);
  const other = `${end!.split(":")[0]}:${"0".repeat(64)}`;
  expect(await run("audit", "verify", "--against", other)).toMatchObject({
    code: 1,
    text: expect.stringContaining("not what it was"),
  });
});

test("the first admin is made at the machine, and their password set anew", async () => {
  const { code, text } = await run("user", "create", "root", "--role", "admin", "--generate", "--json");
  const made = JSON.parse(text) as { password: string };
  expect([code, made.password.length]).toEqual([0, 24]);
  expect(await run("user", "password", "root", "--generate")).toMatchObject({ code: 0 });
  expect(await run("user", "disable", "root")).toMatchObject({ code: 0 });
  expect((await run("user", "list")).text).toMatch(/admin +root +disabled/);
  expect(JSON.stringify(await listActs(schema.db, { limit: 10 }))).not.toContain(made.password);
});

test("what only looks is a command there is", () => {
  const known = commands.map(({ words }) => words.join(" "));
  expect([...LOOKS].filter((one) => !known.includes(one))).toEqual([]);
});
