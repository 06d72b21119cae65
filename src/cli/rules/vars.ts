import Table from "cli-table3";
import type { Command } from "commander";
import { readConfig } from "../../config.ts";
import { readLibrary } from "../../operate/rules/library.ts";
import { SUGGESTED_WINDOWS } from "../../rule/window.ts";

export function register(parent: Command): void {
  parent
    .command("vars")
    .description("the variables that rules may use, with type, unit and source")
    .option("--json", "print them as JSON")
    .action(async ({ json }: { json?: boolean }) => {
      const { rules, locale } = readConfig(process.env);
      const { catalogue, home } = (await readLibrary(rules)).library;
      if (json) {
        console.log(
          JSON.stringify(
            {
              variables: catalogue.described,
              events: catalogue.events,
              campaigns: catalogue.campaigns,
              windows: SUGGESTED_WINDOWS,
            },
            null,
            2,
          ),
        );
        return;
      }
      const zh = locale === "zh-CN";
      const head = zh ? ["变量", "类型", "含义", "单位", "来源"] : ["variable", "type", "what it is", "unit", "source"];
      const table = new Table({ head, style: { head: [], border: [], compact: true } });
      for (const { name, type, label, unit, source } of catalogue.described) {
        table.push([name, type, label[locale], unit?.[locale] ?? (type === "money" ? home.currency : ""), source]);
      }
      console.log(table.toString());
      const windows = SUGGESTED_WINDOWS.join(", ");
      const events = catalogue.events.join(", ");
      const campaigns = catalogue.campaigns.join(", ");
      console.log(
        zh
          ? `<window>：1d 至 1095d 或 1y 至 3y，例如 ${windows}；去掉 _<window> 即不限时间\n<type>：${events} 及您自己的事件类型\n<campaign>：${campaigns}`
          : `<window>: 1d to 1095d or 1y to 3y, such as ${windows}; without _<window> it is the whole life\n<type>: ${events}, and your own\n<campaign>: ${campaigns}`,
      );
    });
}
