import type { Command } from "commander";
import { openComplaint, SEVERITIES } from "../../operate/complaint.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("open")
    .description("record a complaint that was heard in person; until it is solved promotions to the customer are held")
    .requiredOption("--customer <customer_id>", "whose it is")
    .option("--severity <severity>", SEVERITIES.join(", "), "medium")
    .option("--note <note>", "what it is about")
    .option("--json", "as JSON")
    .action(
      ({ customer, severity, note, json }: { customer: string; severity: string; note?: string; json?: boolean }) =>
        withServices([], async ({ config, db }) => {
          const id = await openComplaint(db, { customerId: customer, severity, ...(note !== undefined && { note }) });
          if (json) return console.log(JSON.stringify({ id, customerId: customer, severity }));
          const told = {
            en: `${id}: recorded; promotions to ${customer} are held until: rekindle complaint solve ${id}`,
            "zh-CN": `${id}：已记录；解决前不再向 ${customer} 发送营销消息，解决后请执行：rekindle complaint solve ${id}`,
          };
          console.log(told[config.locale]);
        }),
    );
}
