import { readFileSync } from "node:fs";

/** The summary that Fader & Hardie publish of CDNOW's customers: weeks, and the average worth of repeat purchases. */
export const cdnow = readFileSync(new URL("../data/cdnow_summary.csv", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => {
    const [, x, tx, T, mean] = line.split(",").map(Number) as [number, number, number, number, number];
    return { x, tx, T, mean };
  });

/** One entry per customer, or per distinct history. */
export function histories(rows: { x: number; tx: number; T: number }[], unit = 1) {
  return {
    x: rows.map(({ x }) => x),
    tx: rows.map(({ tx }) => tx * unit),
    T: rows.map(({ T }) => T * unit),
    n: rows.map(() => 1),
  };
}
