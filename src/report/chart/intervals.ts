import { scaleLinear } from "d3-scale";
import { markup, type Markup } from "../html/markup.ts";
import { px, svg, WIDTH } from "./frame.ts";

export interface Estimate {
  label: string;
  /** shares of 1 */
  value: number;
  low: number;
  high: number;
  text: string;
}

const ROW = 38;
const LABEL = 190;
const RIGHT = 24;

/** A dot for what was seen and a whisker for where the truth may lie, on a scale of shares from 0. */
export function intervals(rows: Estimate[], percent: (share: number) => string, label: string): Markup {
  const greatest = Math.max(0.01, ...rows.map((row) => row.high));
  const x = scaleLinear([0, greatest], [LABEL, WIDTH - RIGHT]).nice(5);
  const bottom = rows.length * ROW + 4;
  return svg(
    bottom + 22,
    label,
    x.ticks(5).map(
      (tick) => markup`<line class="grid" x1="${px(x(tick))}" x2="${px(x(tick))}" y1="0" y2="${bottom}"/>
<text class="tick" x="${px(x(tick))}" y="${bottom + 16}" text-anchor="middle">${percent(tick)}</text>`,
    ),
    rows.map((row, i) => {
      const y = i * ROW + ROW / 2 + 6;
      return markup`<g><title>${row.label}: ${row.text}</title>
<text class="label" x="${LABEL - 10}" y="${y + 4}" text-anchor="end">${row.label}</text>
<line class="whisker" x1="${px(x(row.low))}" x2="${px(x(row.high))}" y1="${y}" y2="${y}"/>
<circle class="point" cx="${px(x(row.value))}" cy="${y}" r="6"/>
<text class="value" x="${px(x(row.value))}" y="${y - 11}" text-anchor="middle">${row.text}</text></g>`;
    }),
  );
}
