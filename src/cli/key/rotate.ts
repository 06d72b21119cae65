import { writeFile } from "node:fs/promises";
import { type Command, InvalidArgumentError } from "commander";
import { rotateKey } from "../../operate/access/api-key.ts";
import { withServices } from "../services.ts";

interface Options {
  grace: number;
  out?: string;
  json?: boolean;
}

export function register(parent: Command): void {
  parent
    .command("rotate")
    .description("make a new key in place of the one of that name, which goes on working for a while")
    .argument("<name>")
    .option("--grace <time>", "how long the old one works: 24h, 7d, 0", hours, 24)
    .option("--out <file>", "write the key into a file that only you can read, instead of printing it")
    .option("--json", "as JSON")
    .action((name: string, { grace, out, json }: Options) =>
      withServices([], async ({ config, db }) => {
        const made = await rotateKey(db, name, grace);
        const until = made.until.toISOString();
        console.error({ en: `the old one works until ${until}`, "zh-CN": `旧密钥有效至 ${until}` }[config.locale]);
        if (out !== undefined) {
          await writeFile(out, `${made.key}\n`, { mode: 0o600 });
          console.error({ en: `key written to ${out}`, "zh-CN": `密钥已写入 ${out}` }[config.locale]);
          return;
        }
        console.log(json ? JSON.stringify(made) : made.key);
      }),
    );
}

function hours(text: string): number {
  const [, count, unit] = /^(\d{1,4})([hd]?)$/.exec(text) ?? [];
  if (count === undefined || (unit === "" && count !== "0")) throw new InvalidArgumentError("24h, 7d or 0 is wanted");
  return Number(count) * (unit === "d" ? 24 : 1);
}
