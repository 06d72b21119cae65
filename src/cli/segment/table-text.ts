import Table from "cli-table3";
import type { Text } from "../../campaign/program.ts";
import type { PlanningRow } from "../../operate/segment-table.ts";
import { fold } from "./fold.ts";
import type { Cell } from "../../operate/table-file.ts";

export interface Columns {
  locale: keyof Text;
  names: boolean;
  /** decimal places of the currency */
  exponent: number;
  figures: { name: string; label: Text }[];
}

const HEAD = {
  customer: { en: "customer", "zh-CN": "客户" },
  name: { en: "name", "zh-CN": "姓名" },
  owner: { en: "sales rep", "zh-CN": "负责人" },
  tier: { en: "tier", "zh-CN": "层级" },
  basis: { en: "because", "zh-CN": "依据" },
  need: { en: "core need", "zh-CN": "核心需求" },
  from: { en: "as said in", "zh-CN": "需求来源" },
  care: { en: "care", "zh-CN": "建议维护方式" },
} satisfies Record<string, Text>;

const SOURCES: Record<NonNullable<PlanningRow["need"]>["from"], Text> = {
  trait: { en: "trait", "zh-CN": "客户属性" },
  survey: { en: "survey", "zh-CN": "问卷" },
  note: { en: "call note", "zh-CN": "回访记录" },
};

/** Columns of a file: one a figure, so that it can be sorted and summed. */
export function headOf({ locale, names, figures }: Columns): string[] {
  const of = (key: keyof typeof HEAD) => HEAD[key][locale];
  return [
    ...[of("customer"), ...(names ? [of("name")] : []), of("owner"), of("tier")],
    ...figures.map(({ label }) => label[locale]),
    ...[of("need"), of("from"), of("care")],
  ];
}

export function cellsOf(row: PlanningRow, { locale, names, exponent }: Columns): Cell[] {
  return [
    ...[row.customer, ...(names ? [row.name ?? null] : []), row.owner, row.tierName?.[locale] ?? row.tier],
    ...row.basis.map((figure) => cellOf(figure, locale, exponent)),
    ...[row.need?.text ?? null, row.need ? SOURCES[row.need.from][locale] : null, row.care?.[locale] ?? null],
  ];
}

function cellOf({ type, value, shown }: PlanningRow["basis"][number], locale: keyof Text, exponent: number): Cell {
  if (value === null) return null;
  if (typeof value !== "number") return shown[locale];
  return type === "money" ? value / 10 ** exponent : value;
}

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
