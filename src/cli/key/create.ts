import { writeFile } from "node:fs/promises";
import { type Command, InvalidArgumentError } from "commander";
import { createKey, type NewKey } from "../../operate/access/api-key.ts";
import { ROLES } from "../../store/api-key.ts";
import { withServices } from "../services.ts";

interface Options extends NewKey {
  out?: string;
  json?: boolean;
}

export function register(parent: Command): void {
  parent
    .command("create")
    .description("make an API key; it is printed this once")
    .requiredOption("--role <role>", `what it may do: ${ROLES.join(", ")}`)
    .requiredOption("--name <name>", "whose it is")
    .option("--days <n>", "stops working after so many days", wholeDays)
    .option("--types <types>", "event types that it may post, as check_in,cart.*; all when left out", listed)
    .option(
      "--public",
      "for browsers (role backend): may only post events, none of orders, coupons, complaints, consent",
    )
    .option("--per-second <n>", "requests that it may make; what is usual for its role when left out", wholeNumber)
    .option("--team <team>", "of a sales or service key: whose tasks and customers it sees")
    .option("--person <person>", "the same, of one person")
    .option("--out <file>", "write the key into a file that only you can read, instead of printing it")
    .option("--json", "as JSON")
    .action(({ out, json, ...asked }: Options) =>
      withServices([], async ({ config, db }) => {
        const made = await createKey(db, asked);
        if (out !== undefined) {
          await writeFile(out, `${made.key}\n`, { mode: 0o600 });
          console.error({ en: `key written to ${out}`, "zh-CN": `密钥已写入 ${out}` }[config.locale]);
          return;
        }
        console.log(json ? JSON.stringify(made) : made.key);
      }),
    );
}

function wholeDays(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError("a number of days is wanted");
  return Number(text);
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("a whole number is wanted");
  return Number(text);
}

function listed(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}
