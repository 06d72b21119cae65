import { Command } from "commander";
import { commands } from "./commands.ts";
import { reportFailure } from "./failure.ts";

/** `rekindle …`: finds the file of the command that was asked for and loads only that. */
const program = new Command("rekindle")
  .description("customer-engagement campaigns as JSON, run durably, with a verdict at the end")
  .showHelpAfterError()
  .exitOverride();

const words = process.argv.slice(2);
const wanted = commands.filter((command) => command.words.every((word, i) => words[i] === word));
const chosen = wanted.length > 0 ? wanted : commands;
const groups = new Map<string, Command>();
for (const entry of chosen) {
  const { register } = await entry.load();
  const [group, leaf] = entry.words;
  if (leaf === undefined) register(program);
  else {
    const parent = groups.get(group!) ?? program.command(group!).description(entry.group ?? "");
    groups.set(group!, parent);
    register(parent);
  }
}

try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportFailure(error);
}
