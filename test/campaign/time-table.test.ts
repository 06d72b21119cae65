import { readFileSync } from "node:fs";
import { DateTime } from "luxon";
import { describe, expect, test } from "vitest";
import { compileCampaign } from "../../src/campaign/compile/campaign.ts";
import { decideDate } from "../../src/campaign/decide/date.ts";
import { code, type OpInstruction } from "../../src/campaign/program.ts";
import { evaluate } from "../../src/rule/evaluate.ts";
import { drive } from "../../src/simulate/drive.ts";
import { freezeZone } from "../../src/store/zone.ts";
import { campaign, testLibrary } from "./support/library.ts";

const PAGES = ["docs/campaign-language.md", "docs/campaign-language.zh-CN.md"];
const YEARS = 3 * 366 * 1440;

/** The manual's table: [wait, zone, begins, goes on]. */
function rowsOf(page: string): [string, string, string, string][] {
  const row = /^\| `(\{.*\})` \| ([A-Za-z_]+\/[A-Za-z_]+) \| ([\d: -]+) \| ([\d: -]+) \|/gm;
  return [...readFileSync(page, "utf8").matchAll(row)].map(([, ...cells]) => cells as [string, string, string, string]);
}

/** The local time at which the step after the wait is due. */
function goesOn(wait: string, zoneName: string, begins: string): string {
  const journey = [
    { id: "w", wait: JSON.parse(wait) as unknown },
    { id: "then", exit: {} },
  ];
  const { program, faults } = compileCampaign(campaign(journey), testLibrary(), "x.json");
  expect(faults).toEqual([]);
  const start = DateTime.fromFormat(begins, "yyyy-MM-dd HH:mm", { zone: zoneName }).toMillis() / 60_000;
  const zone = freezeZone(zoneName, start - 1440, start + YEARS);
  const world = {
    answer(op: { pc: number }, name: string, at: number) {
      expect(program!.code.instructions[op.pc] as OpInstruction).toMatchObject({ step: name });
      const step = program!.steps[name]!;
      return step.kind === "date"
        ? decideDate(
            step,
            evaluate(step.day, () => null),
            zone,
            at,
          )
        : { outcome: code("done") };
    },
  };
  const { trace } = drive({ code: program!.code, zone }, 0, world, start, start + YEARS);
  const { at } = trace.find(({ step }) => step === "then")!;
  return DateTime.fromMillis(at * 60_000, { zone: zoneName }).toFormat("yyyy-MM-dd HH:mm");
}

describe.each(PAGES)("the table of %s", (page) => {
  const rows = rowsOf(page);
  test("has its rows", () => expect(rows.length).toBeGreaterThanOrEqual(20));
  test.each(rows)("%s in %s from %s: %s", (wait, zone, begins, expected) => {
    expect(goesOn(wait, zone, begins)).toBe(expected);
  });
});

test("both pages have the same rows", () => expect(rowsOf(PAGES[1]!)).toEqual(rowsOf(PAGES[0]!)));
