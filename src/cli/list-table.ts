import Table from "cli-table3";
import type { Text } from "../campaign/program.ts";
import type { Config } from "../config.ts";

/** The table that list commands print. */
export function listTable(head: readonly Text[], rows: (string | number)[][], locale: Config["locale"]): string {
  const table = new Table({ head: head.map((title) => title[locale]), style: { head: [], border: [], compact: true } });
  table.push(...rows);
  return table.toString();
}

/** A moment as its readers write it. */
export function shortTime(at: Date, timeZone: string, locale: Config["locale"]): string {
  return new Intl.DateTimeFormat(locale, { timeZone, dateStyle: "short", timeStyle: "short" }).format(at);
}
