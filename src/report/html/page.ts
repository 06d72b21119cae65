import type { Report } from "../load.ts";
import { formatFor, type Language } from "../show/format.ts";
import { factsOf, sectionsOf } from "../show/report.ts";
import { type Cell, type Section, textOf } from "../show/section.ts";
import { targetText } from "../show/targets.ts";
import { chartsOf } from "./charts.ts";
import { markup, type Markup } from "./markup.ts";
import { STYLE } from "./style.ts";

/** The report as one HTML file: no script, nothing loaded from anywhere, readable on paper and in the dark. */
export function htmlReport(report: Report, language: Language): string {
  const format = formatFor(language, report.head.currency, report.head.timezone);
  const charts = chartsOf(report, format);
  const title = `${report.head.name[language]} · ${report.head.run}`;
  const page = markup`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<main>
<h1>${report.head.name[language]}</h1>
<p class="facts">${factsOf(report, format).map(({ label, value }) => markup`<span>${label} <b>${value}</b></span>`)}</p>
<div class="cards">${report.targets.map((line) => {
    const text = targetText(line, format);
    return markup`<div class="card"><p>${text.label}</p><p class="figure">${text.value}</p><p>${text.bound} <span class="badge ${text.tone}">${text.verdict}</span></p></div>`;
  })}</div>
${sectionsOf(report, format).map((section) => sectionOf(section, charts[section.id], language))}
<footer>Rekindle · ${report.head.program}</footer>
</main>
</body>
</html>
`;
  return page.markup;
}

/** A longer table beside a chart is folded away: the chart says it sooner. */
const LONG = 24;

function sectionOf(section: Section, chart: Markup | undefined, language: Language): Markup {
  const folded = chart !== undefined && section.rows.length > LONG;
  const rows = section.rows.length;
  return markup`<section id="${section.id}">
<h2>${section.title}</h2>
${chart && markup`<div class="scroll">${chart}</div>`}
${folded ? markup`<details><summary>${language === "zh-CN" ? `全部 ${rows} 行` : `all ${rows} rows`}</summary>${tableOf(section)}</details>` : tableOf(section)}
${section.notes.length > 0 && markup`<ul class="notes">${section.notes.map((note) => markup`<li>${note}</li>`)}</ul>`}
</section>
`;
}

function tableOf(section: Section): Markup {
  const side = (i: number) => (section.columns[i]?.align === "right" ? markup` class="right"` : undefined);
  return markup`<div class="scroll"><table>
<thead><tr>${section.columns.map((column, i) => markup`<th scope="col"${side(i)}>${column.title}</th>`)}</tr></thead>
<tbody>
${section.rows.map(
  (row) => markup`<tr>${row.map((cell, i) => markup`<td${side(i)}>${shown(cell)}</td>`)}</tr>
`,
)}</tbody>
</table></div>`;
}

function shown(cell: Cell): Markup | string {
  return typeof cell === "string" ? cell : markup`<span class="badge ${cell.tone}">${textOf(cell)}</span>`;
}
