import { Command } from "commander";
import { commands } from "./commands.ts";
import { reportFailure } from "./failure.ts";

/** Runs one `rekindle …` line in this process; loads only the files of the command that was asked for. @returns exit code */
export async function runCommand(words: string[]): Promise<number> {
  const program = new Command("rekindle")
    .description("customer-engagement campaigns as JSON, run durably, with a verdict at the end")
    .showHelpAfterError()
    .exitOverride();
  const wanted = commands.filter((command) => command.words.every((word, i) => words[i] === word));
  const groups = new Map<string, Command>();
  for (const entry of wanted.length > 0 ? wanted : commands) {
    const { register } = await entry.load();
    const [group, leaf] = entry.words;
    if (leaf === undefined) register(program);
    else {
      const parent = groups.get(group) ?? program.command(group).description(entry.group ?? "");
      groups.set(group, parent);
      register(parent);
    }
  }
  try {
    await program.parseAsync(words, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return reportFailure(error);
  }
}
