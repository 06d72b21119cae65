import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { RFM_CELLS } from "../../src/stats/rfm.ts";

/** Rows of the printed table: recency in the first cell, then the groups for frequency and monetary of 1 to 5. */
function printed(page: string) {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| [^|]*?(\d) \|((?: [a-z-]+ \|){5})$/gm)];
  return rows.flatMap(([, recency, groups]) =>
    groups!
      .split("|")
      .slice(0, 5)
      .map((group, i) => ({ recency: Number(recency), worth: i + 1, group: group.trim() })),
  );
}

test.each(["scores.md", "scores.zh-CN.md"])("RFM groups are those of the table in docs/%s", (page) => {
  const cells = printed(page);
  expect(cells).toHaveLength(25);
  expect(new Set(cells.map((cell) => JSON.stringify(cell)))).toEqual(
    new Set(RFM_CELLS.map(({ recency, worth, group }) => JSON.stringify({ recency, worth, group }))),
  );
});
