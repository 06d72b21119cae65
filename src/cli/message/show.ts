import type { Command } from "commander";
import { type MessageStory, showMessage } from "../../operate/message.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("show")
    .argument("<id>", "as in message list")
    .description("one message: why it was decided, what became of it, what its reader did")
    .option("--json", "as JSON")
    .action((id: string, { json }: { json?: boolean }) =>
      withServices([], async ({ db }) => {
        const story = await showMessage(db, id);
        console.log(json ? JSON.stringify(story, null, 2) : text(story));
      }),
    );
}

/** Fields as they are called everywhere, times in UTC. */
function text({ decisions, acts, ...message }: MessageStory): string {
  const fields = Object.entries(message).filter(([, value]) => value !== null);
  const width = Math.max(...fields.map(([name]) => name.length));
  return [
    ...fields.map(([name, value]) => `${name.padEnd(width)}  ${value instanceof Date ? value.toISOString() : value}`),
    ...decisions.map(({ at, outcome, reasons }) => `${new Date(at).toISOString()}  ${outcome}  ${reasons.join(", ")}`),
    ...acts.map(({ at, kind }) => `${new Date(at).toISOString()}  ${kind}`),
  ].join("\n");
}
