import { scaleLinear } from "d3-scale";
import { markup, type Markup } from "../html/markup.ts";
import { fit, px, svg, WIDTH } from "./frame.ts";

export interface Bar {
  label: string;
  value: number;
  /** written behind the bar */
  text: string;
  /** a lighter bar behind it: what was planned, or the whole */
  against?: number;
  tone?: "bad";
}

const ROW = 26;
const LABEL = 190;
const TEXT = 130;

/** Horizontal bars, one row each, from 0 to the greatest value. */
export function bars(rows: Bar[], label: string): Markup {
  const greatest = Math.max(1, ...rows.map((row) => Math.max(row.value, row.against ?? 0)));
  const x = scaleLinear([0, greatest], [0, WIDTH - LABEL - TEXT]);
  const width = (value: number) => px(Math.max(0, x(value)));
  return svg(
    rows.length * ROW + 4,
    label,
    rows.map((row, i) => {
      const y = i * ROW + 4;
      const end = LABEL + Math.max(0, x(Math.max(row.value, row.against ?? 0)));
      return markup`<g><title>${row.label}: ${row.text}</title>
<text class="label" x="${LABEL - 10}" y="${y + 14}" text-anchor="end">${fit(row.label, 27)}</text>
${row.against !== undefined && markup`<rect class="ghost" x="${LABEL}" y="${y}" width="${width(row.against)}" height="18" rx="3"/>`}
<rect class="${row.tone === "bad" ? "over" : "bar"}" x="${LABEL}" y="${row.against === undefined ? y : y + 4}" width="${width(row.value)}" height="${row.against === undefined ? 18 : 10}" rx="3"/>
<text class="value" x="${px(end + 8)}" y="${y + 14}">${row.text}</text></g>`;
    }),
  );
}
