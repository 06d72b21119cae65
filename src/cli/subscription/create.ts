import { writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { type Command, InvalidArgumentError } from "commander";
import { subscribe } from "../../operate/subscription.ts";
import { withServices } from "../services.ts";

interface Options {
  url: string;
  types: string;
  batch: number;
  out?: string;
  json?: boolean;
}

export function register(parent: Command): void {
  parent
    .command("create")
    .argument("<id>", "a name for it: crm")
    .description("have events posted to an address; the secret that signs them is printed this once")
    .requiredOption("--url <url>", "https://…")
    .requiredOption("--types <types>", "converted,message.*,task.done or * (docs/subscriptions.md)")
    .option("--batch <n>", "most events in one request", upToHundred, 1)
    .option("--out <file>", "write the secret into a file that only you can read, instead of printing it")
    .option("--json", "as JSON")
    .action((id: string, { url, types, batch, out, json }: Options) =>
      withServices([], async ({ config, db }) => {
        const wish = { id, url, types: list(types), batch, by: userInfo().username };
        const { subscription, secret } = await subscribe(db, config, wish);
        if (out !== undefined) {
          await writeFile(out, `${secret}\n`, { mode: 0o600 });
          console.error({ en: `secret written to ${out}`, "zh-CN": `密钥已写入 ${out}` }[config.locale]);
        }
        const shown = out === undefined ? { subscription, secret } : { subscription };
        if (json) console.log(JSON.stringify(shown, null, 2));
        else if (out === undefined) console.log(secret);
      }),
    );
}

function list(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}

function upToHundred(text: string): number {
  if (!/^([1-9]\d?|100)$/.test(text)) throw new InvalidArgumentError("1 to 100");
  return Number(text);
}
