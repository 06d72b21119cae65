import Table from "cli-table3";
import { type Columns, HEAD, SOURCES } from "../../operate/segment/columns.ts";
import type { PlanningRow } from "../../operate/segment/table.ts";
import { fold } from "./fold.ts";

const WIDTHS = { customer: 24, name: 12, tier: 14, basis: 44, need: 26, care: 26 };

/** As a terminal shows it: figures that are there, in words. */
export function onTerminal(rows: PlanningRow[], { locale, names }: Columns): string {
  const zh = locale === "zh-CN";
  if (rows.length === 0) return zh ? "没有符合的客户" : "nobody";
  const keys = ["customer", ...(names ? ["name" as const] : []), "tier", "basis", "need", "care"] as const;
  const table = new Table({ head: keys.map((key) => HEAD[key][locale]), style: { head: [], border: [] } });
  for (const row of rows) {
    const basis = row.basis.filter(({ value }) => value !== null && value !== 0 && value !== false);
    const cells = {
      customer: row.customer,
      name: row.name ?? "",
      tier: row.tierName?.[locale] ?? row.tier ?? "–",
      basis: basis.map(({ label, shown }) => `${label[locale]}${zh ? "：" : ": "}${shown[locale]}`).join("\n"),
      need: row.need ? `${row.need.text}${zh ? "（" : " ("}${SOURCES[row.need.from][locale]}${zh ? "）" : ")"}` : "",
      care: row.care?.[locale] ?? "",
    };
    table.push(keys.map((key) => fold(cells[key], WIDTHS[key])));
  }
  const unplaced = rows.some(({ tier }) => tier === null);
  const hint = zh ? "– 表示未分层，可运行 rekindle score" : "–: not tiered; to place them, run: rekindle score";
  return [table.toString(), ...(unplaced ? [hint] : [])].join("\n");
}
