import { styleText } from "node:util";
import Table from "cli-table3";
import type { Report } from "../load.ts";
import { formatFor, type Language } from "./format.ts";
import { factsOf, sectionsOf } from "./report.ts";
import { type Cell, type Section, textOf, type Tone } from "./section.ts";

const COLOURS = { good: "green", bad: "red", quiet: "gray" } as const satisfies Record<Tone, string>;

/** The report for a terminal; `colour` only where somebody looks at it. */
export function terminalReport(report: Report, language: Language, colour: boolean): string {
  const format = formatFor(language, report.head.currency, report.head.timezone);
  const bold = (text: string) => (colour ? styleText("bold", text, { validateStream: false }) : text);
  const facts = factsOf(report, format).map(({ label, value }) => `${label} ${value}`);
  return [
    `${bold(report.head.name[language])}\n${facts.join("  ·  ")}`,
    ...sectionsOf(report, format).map((section) => `${bold(section.title)}\n${terminalSection(section, colour)}`),
  ].join("\n\n");
}

/** Table with its notes; widths count CJK characters as two. */
export function terminalSection(section: Section, colour: boolean): string {
  const table = new Table({
    head: section.columns.map((column) => column.title),
    colAligns: section.columns.map((column) => column.align),
    style: { head: [], border: colour ? ["grey"] : [], compact: true },
  });
  table.push(...section.rows.map((row) => row.map((cell) => paint(cell, colour))));
  return [table.toString(), ...section.notes.map((note) => `  ${note}`)].join("\n");
}

function paint(cell: Cell, colour: boolean): string {
  return typeof cell === "string" || !colour
    ? textOf(cell)
    : styleText(COLOURS[cell.tone], cell.text, { validateStream: false });
}
