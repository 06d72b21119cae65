import { scaleBand, scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { markup, type Markup } from "../html/markup.ts";
import { px, svg, WIDTH } from "./frame.ts";

export interface DayPoint {
  /** as it is written below the axis */
  label: string;
  members: number;
  soFar: number;
  conversions: number;
}

const HEIGHT = 250;
const LEFT = 46;
const BOTTOM = 28;
const TOP = 10;

/** A column per day, a line for everyone so far, dots for conversions; all on one scale of members. */
export function days(
  points: DayPoint[],
  names: { members: string; soFar: string; conversions: string },
  label: string,
): Markup {
  const greatest = Math.max(1, ...points.map((point) => Math.max(point.soFar, point.conversions)));
  const y = scaleLinear([0, greatest], [HEIGHT - BOTTOM, TOP]).nice(5);
  const x = scaleBand(
    points.map((_, i) => i),
    [LEFT, WIDTH - 8],
  ).padding(0.25);
  const middle = (i: number) => x(i)! + x.bandwidth() / 2;
  const path =
    line<DayPoint>(
      (_, i) => middle(i),
      (point) => y(point.soFar),
    ).digits(1)(points) ?? "";
  const every = Math.ceil(points.length / 8);
  return svg(
    HEIGHT,
    label,
    y
      .ticks(5)
      .filter(Number.isInteger)
      .map(
        (tick) => markup`<line class="grid" x1="${LEFT}" x2="${WIDTH - 8}" y1="${px(y(tick))}" y2="${px(y(tick))}"/>
<text class="tick" x="${LEFT - 8}" y="${px(y(tick) + 4)}" text-anchor="end">${tick}</text>`,
      ),
    points.map(
      (
        point,
        i,
      ) => markup`<g><title>${point.label} · ${names.members} ${point.members} · ${names.soFar} ${point.soFar} · ${names.conversions} ${point.conversions}</title>
<rect class="bar" x="${px(x(i)!)}" y="${px(y(point.members))}" width="${px(x.bandwidth())}" height="${px(y(0) - y(point.members))}" rx="2"/>
${point.conversions > 0 && markup`<circle class="dot" cx="${px(middle(i))}" cy="${px(y(point.conversions))}" r="3.5"/>`}</g>`,
    ),
    markup`<path class="line" d="${path}"/>`,
    points.flatMap((point, i) =>
      i % every === 0
        ? [markup`<text class="tick" x="${px(middle(i))}" y="${HEIGHT - 8}" text-anchor="middle">${point.label}</text>`]
        : [],
    ),
  );
}
