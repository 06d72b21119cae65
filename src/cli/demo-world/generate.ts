import type { Command } from "commander";
import { writeWorld } from "../../demo/generate/write.ts";
import { refuse } from "../../fault.ts";

interface Options {
  out: string;
  seed: string;
  customersBase?: string;
  enrol: string;
  asOf: string;
  json?: boolean;
}

const LEAST_BASE = 20_000;

export function register(parent: Command): void {
  parent
    .command("generate")
    .description("write customers, orders and order items of a made-up shop as CSV files")
    .requiredOption("--out <DIR>", "folder for customers.csv, orders.csv and order-items.csv")
    .option("--seed <N>", "the same seed gives the same files", "7")
    .option("--customers-base <N>", `customers in all (default: ${LEAST_BASE}, or ten times --enrol)`)
    .option("--enrol <N>", "customers who were of middle value and stopped buying", "200")
    .option("--as-of <TIME>", "when this is: orders end the day before", "2026-04-01T10:00+08:00")
    .option("--json", "print what was written as JSON")
    .action(async ({ out, json, ...given }: Options) => {
      const enrol = whole("--enrol", given.enrol);
      const base =
        given.customersBase === undefined
          ? Math.max(LEAST_BASE, enrol * 10)
          : whole("--customers-base", given.customersBase);
      const asOf = new Date(given.asOf);
      if (Number.isNaN(asOf.getTime()))
        throw refuse("--as-of", { en: `"${given.asOf}" is not a time`, "zh-CN": `“${given.asOf}” 不是有效时间` });
      if (enrol > base) throw refuse("--enrol", { en: "more than there are customers", "zh-CN": "多于客户总数" });
      const written = await writeWorld(out, { seed: whole("--seed", given.seed), base, enrol, asOf });
      if (json) console.log(JSON.stringify(written));
      else {
        const [customers, orders, items] = [written.customers, written.orders, written.items].map((count) =>
          count.toLocaleString("en"),
        );
        console.log(`${customers} customers, ${orders} orders, ${items} items\n${written.files.join("\n")}`);
      }
    });
}

function whole(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw refuse(option, { en: `"${text}" is not a whole number`, "zh-CN": `“${text}” 不是整数` });
}
