import { writeFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import type { Text } from "../../campaign/program.ts";
import { readConfig } from "../../config.ts";
import { previewCustomer, previewTemplate } from "../../operate/campaign/preview.ts";
import { withServices } from "../services.ts";

interface Options {
  locale?: keyof Text;
  customer?: string;
  out?: string;
  json?: boolean;
}

export function register(parent: Command): void {
  parent
    .command("preview")
    .argument("<name>", "as in rules/templates/NAME.LOCALE.mjml")
    .description("a template as its reader will see it")
    .addOption(new Option("--locale <locale>", "its language; default: yours").choices(["zh-CN", "en"]))
    .option("--customer <customer>", "with this customer's name and traits")
    .option("--out <file>", "write the HTML part there")
    .option("--json", "as JSON: subject, html, text")
    .action(async (name: string, options: Options) => {
      const { rules, locale } = readConfig(process.env);
      const id = options.customer;
      const customer = id === undefined ? undefined : await withServices([], ({ db }) => previewCustomer(db, id));
      const mail = await previewTemplate(rules, name, options.locale ?? locale, customer);
      if (options.out !== undefined) await writeFile(options.out, mail.html);
      if (options.json) console.log(JSON.stringify(mail, null, 2));
      else console.log(`${mail.subject}\n\n${mail.text}`);
      if (options.out !== undefined)
        console.error({ en: `HTML: ${options.out}`, "zh-CN": `HTML：${options.out}` }[locale]);
    });
}
