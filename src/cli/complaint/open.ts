import type { Command } from "commander";
import type { Text } from "../../campaign/program.ts";
import { openComplaint, SEVERITIES } from "../../operate/task/complaint.ts";
import { findCustomer } from "../../store/segment.ts";
import { withServices } from "../services.ts";

const NEW = (customer: string): Text => ({
  en: `${customer} was not known and is a customer now: is the id right?`,
  "zh-CN": `此前没有客户 ${customer}，现已新建；请核对编号`,
});

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
          const known = await findCustomer(db, customer);
          const id = await openComplaint(db, { customerId: customer, severity, ...(note !== undefined && { note }) });
          // as with events, an unknown id makes a customer; typed by hand it may be a slip
          if (!known) console.error(NEW(customer)[config.locale]);
          if (json) return console.log(JSON.stringify({ id, customerId: customer, severity }));
          const told = {
            en: `${id}: recorded; promotions to ${customer} are held until: rekindle complaint solve ${id}`,
            "zh-CN": `${id}：已记录；解决前不再向 ${customer} 发送营销消息，解决后请执行：rekindle complaint solve ${id}`,
          };
          console.log(told[config.locale]);
        }),
    );
}
