import type { Text } from "../../campaign/program.ts";
import type { PlanningRow } from "./table.ts";
import type { Cell } from "../table-file.ts";

export interface Columns {
  locale: keyof Text;
  names: boolean;
  /** decimal places of the currency */
  exponent: number;
  figures: { name: string; label: Text }[];
}

export const HEAD = {
  customer: { en: "customer", "zh-CN": "客户" },
  name: { en: "name", "zh-CN": "姓名" },
  owner: { en: "sales rep", "zh-CN": "负责人" },
  tier: { en: "tier", "zh-CN": "层级" },
  basis: { en: "because", "zh-CN": "依据" },
  need: { en: "core need", "zh-CN": "核心需求" },
  from: { en: "as said in", "zh-CN": "需求来源" },
  care: { en: "care", "zh-CN": "建议维护方式" },
} satisfies Record<string, Text>;

export const SOURCES: Record<NonNullable<PlanningRow["need"]>["from"], Text> = {
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
