import { type Command, InvalidArgumentError } from "commander";
import { rotateSecret } from "../../operate/subscription.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("rotate")
    .argument("<id>")
    .description("make a new secret, printed this once; the old one signs beside it for a while")
    .option("--hours <n>", "for how long", hours, 24)
    .option("--json", "as JSON")
    .action((id: string, options: { hours: number; json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const secret = await rotateSecret(db, config, id, options.hours);
        console.log(options.json ? JSON.stringify({ secret }) : secret);
      }),
    );
}

function hours(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) > 720) throw new InvalidArgumentError("0 to 720");
  return Number(text);
}
