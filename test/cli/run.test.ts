import { afterEach, expect, test, vi } from "vitest";
import { runCommand } from "../../src/cli/run.ts";

afterEach(() => {
  vi.restoreAllMocks();
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
