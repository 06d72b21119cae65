import { writeFile } from "node:fs/promises";
import { type Command, InvalidArgumentError } from "commander";
import { createKey } from "../../operate/api-key.ts";
import { ROLES } from "../../store/api-key.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("create")
    .description("make an API key; it is printed this once")
    .requiredOption("--role <role>", `what it may do: ${ROLES.join(", ")}`)
    .requiredOption("--name <name>", "whose it is")
    .option("--days <n>", "stops working after so many days", wholeDays)
    .option("--out <file>", "write the key into a file that only you can read, instead of printing it")
    .option("--json", "as JSON")
    .action((options: { role: string; name: string; days?: number; out?: string; json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const key = await createKey(db, options);
        if (options.out !== undefined) {
          await writeFile(options.out, `${key}\n`, { mode: 0o600 });
          console.error({ en: `key written to ${options.out}`, "zh-CN": `密钥已写入 ${options.out}` }[config.locale]);
          return;
        }
        console.log(options.json ? JSON.stringify({ key, name: options.name, role: options.role }) : key);
      }),
    );
}

function wholeDays(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError("a number of days is wanted");
  return Number(text);
}
