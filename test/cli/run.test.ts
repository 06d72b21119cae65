import { Command } from "commander";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { COMMANDS } from "../../src/cli/help/commands.zh-CN.ts";
import { runCommand } from "../../src/cli/run.ts";

beforeEach(() => void vi.stubEnv("REKINDLE_LANG", "en"));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = 0;
});

/** What a line prints, and its exit code. */
async function said(...words: string[]): Promise<{ code: number; text: string }> {
  let text = "";
  const keep = (chunk: unknown) => {
    text += String(chunk);
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(keep);
  vi.spyOn(process.stderr, "write").mockImplementation(keep);
  const code = await runCommand(words);
  vi.restoreAllMocks();
  return { code, text };
}

test("the overview names every command and every group with what it is for", async () => {
  const { code, text } = await said("--help");
  expect(code).toBe(0);
  for (const line of [
    /^ {2}up .*start everything/m,
    /^ {2}campaign .*campaigns and their runs/m,
    /^ {2}complaint .*complaints/m,
  ]) {
    expect(text).toMatch(line);
  }
});

test("a group's help names its commands; help of a command can be asked for in two ways", async () => {
  expect((await said("complaint", "--help")).text).toMatch(/list[\s\S]*open[\s\S]*solve/);
  const help = await said("help", "campaign", "status");
  expect(help).toEqual(await said("campaign", "status", "--help"));
  expect(help.code).toBe(0);
  expect(help.text).toContain("Usage: rekindle campaign status");
});

test.each([
  [["campain", "status"], "Did you mean campaign?"],
  [["campaign", "statsu"], "Did you mean status?"],
  [["complaint", "slove", "x"], "Did you mean solve?"],
  [["campaign", "run", "x", "--limit", "ten"], "A whole number from 1"],
  [["campaign", "run", "x", "--limit", "-3"], "A whole number from 1"],
  [["demo", "--customers", "0"], "A whole number from 1"],
])("%j is a usage error that says what was meant or wanted", async (words, hint) => {
  const { code, text } = await said(...words);
  expect(code).toBe(2);
  expect(text).toContain(hint);
});

test("help and usage errors are in Chinese for who reads Chinese, and every command says what it is for", async () => {
  vi.stubEnv("REKINDLE_LANG", "zh-CN");
  const { text } = await said("campaign", "run", "--help");
  for (const words of [
    "用法： rekindle campaign run",
    "启动已应用的活动",
    "选项：",
    "至多让这么多客户进入",
    "显示帮助",
  ])
    expect(text).toContain(words);
  const wrong = await said("campaign", "statsu");
  expect(wrong).toMatchObject({ code: 2, text: expect.stringContaining("没有命令 'statsu'") });
  expect(wrong.text).toContain("是否想写 status？");
  const program = new Command("rekindle");
  for (const { load } of commands) (await load()).register(program.command(String(program.commands.length)));
  const untold = [...descriptions(program), ...commands.map(({ group = "" }) => group)].filter(
    (words) => words !== "" && !(words in COMMANDS),
  );
  expect([...new Set(untold)]).toEqual([]);
});

function descriptions(command: Command): string[] {
  return command.commands.flatMap((one) => [one.description(), ...descriptions(one)]);
}
