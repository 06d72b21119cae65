import { Command, CommanderError } from "commander";
import { localeOf } from "../locale.ts";
import { commands } from "./commands.ts";

/** Runs one `rekindle …` line in this process; loads only the files of the command that was asked for. @returns exit code */
export async function runCommand(line: string[]): Promise<number> {
  // `help campaign run` is `campaign run --help`
  const words = line[0] === "help" ? [...line.slice(1), "--help"] : line;
  const program = new Command("rekindle")
    .description("customer-engagement campaigns as JSON, run durably, with a verdict at the end")
    .showHelpAfterError()
    .exitOverride();
  if (localeOf(process.env) === "zh-CN") (await import("./help/speak.ts")).speakChinese(program);
  const groups = new Map<string, Command>();
  for (const { words: own, group = "", load } of asked(words)) {
    const [name, leaf] = own;
    if (leaf !== undefined && !groups.has(name)) groups.set(name, program.command(name).description(group));
    // of other groups the overview shows only the name
    if (leaf === undefined || words[0] === name) (await load()).register(groups.get(name) ?? program);
  }
  program.hook("preAction", async (_program, action) => (await import("./act.ts")).mean(action));
  try {
    await program.parseAsync(words, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { reportFailure } = await import("./failure.ts");
    return reportFailure(error);
  }
}

/** The command meant; of a half-named one its whole group, so that help and suggestions know it; else all. */
function asked(words: string[]) {
  const meant = commands.filter((command) => command.words.every((word, i) => words[i] === word));
  if (meant.length > 0) return meant;
  const group = commands.filter((command) => command.words[0] === words[0]);
  return group.length > 0 ? group : commands;
}
