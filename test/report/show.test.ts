import fc from "../support/property.ts";
import { beforeAll, expect, test } from "vitest";
import { markup } from "../../src/report/html/markup.ts";
import { htmlReport } from "../../src/report/html/page.ts";
import { loadReport, type Report } from "../../src/report/load.ts";
import { formatFor } from "../../src/report/show/format.ts";
import { terminalReport } from "../../src/report/show/terminal.ts";
import { testSchema } from "../support/schema.ts";
import { seedWorld } from "./world.ts";

const { db } = await testSchema();
let report: Report;

beforeAll(async () => {
  await seedWorld(db);
  report = await loadReport(db, "winback-1");
});

test.each(["en", "zh-CN"] as const)("terminal tables line up, also with CJK in them (%s)", (language) => {
  const text = terminalReport(report, language, false);
  const tables = text.split(/\n(?!│|├|└)/).map((part) => part.split("\n").filter((line) => /^[┌│├└]/.test(line)));
  expect(tables.filter((lines) => lines.length > 2)).toHaveLength(11);
  for (const lines of tables) expect(new Set(lines.map(columns)).size).toBeLessThanOrEqual(1);
});

test("terminal shows verdict, gap, definition and exact money", () => {
  const text = terminalReport(report, "en", false);
  expect(text).toMatch(/Participation rate +│ +≥ 70\.0% │ +60\.0% │ +6 ÷ 10 │ −10\.0 pp │ too early \(so far missed\)/);
  expect(text).toMatch(/Cost per participant \(actual\) +│ ≤ ¥50\.00 │ ¥40\.00 │ ¥240\.00 ÷ 6 │ +−¥10\.00/);
  expect(text).toContain("until 30 days after their challenge ended");
  expect(text).toMatch(/invite +│ +10 │ 100\.0% │ +10 │ queued: 8, skipped: 2/);
  expect(text).toContain("no consent (e-mail)");
  const chinese = terminalReport(report, "zh-CN", false);
  expect(chinese).toMatch(/参与率 .*−10\.0 个百分点.*尚早（目前未达成）/);
  expect(chinese).toContain("未授权（邮件）");
});

test("colour only where asked for", () => {
  expect(terminalReport(report, "en", false)).not.toContain("\u001b");
  expect(terminalReport(report, "en", true)).toContain("\u001b[31m");
});

test.each(["en", "zh-CN"] as const)("the page is one well-formed file that loads nothing (%s)", (language) => {
  const page = htmlReport(report, language);
  expect(unbalanced(page)).toBeUndefined();
  expect(page).toContain(`<html lang="${language}">`);
  expect(page.match(/<svg/g)).toHaveLength(5);
  expect(page).not.toMatch(/<script|<link|<img|<iframe|url\(|@import|\son\w+=|\ssrc=|\shref=/i);
  expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:/);
  expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
  expect(page).toContain("prefers-color-scheme: dark");
  expect(page).toContain("@media print");
  expect(page).toContain(language === "en" ? "Win-back &lt;month&gt;" : "老客户唤醒月");
  expect(page).toContain(language === "en" ? ">too early (so far missed)</span>" : ">尚早（目前未达成）</span>");
});

test("the figures of the page are those of the report", () => {
  const page = htmlReport(report, "en");
  const cells = [...page.matchAll(/<td[^>]*>(?:<span[^>]*>)?([^<]*)/g)].map((match) => match[1]);
  for (const expected of [
    "60.0%",
    "6 ÷ 10",
    "¥240.00 ÷ 6",
    "+5.0 pp",
    "¥185.00",
    "¥77.77",
    "−¥200.00",
    "queued: 8, skipped: 2",
  ])
    expect(cells).toContain(expected);
});

test("a run without anything yet can be shown", () => {
  const arm = { enrolled: 0, live: 0, converted: null, conversionRate: null, revenue: null, open: 0 };
  const empty: Report = {
    ...report,
    targets: report.targets.map((line) => ({
      ...line,
      numerator: 0,
      denominator: 0,
      value: null,
      gap: null,
      verdict: "too early",
      asOfNow: "missed",
    })),
    arms: { treatment: arm, holdout: arm, difference: null },
    funnel: report.funnel.map((step) => ({ ...step, entered: 0, decisions: 0, outcomes: {} })),
    reasons: [],
    daily: [],
    plan: [],
    surveys: [],
    messages: { total: 0, byChannel: [], reasons: [], reactions: { open: 0, click: 0, unsubscribe: 0 } },
    budget: { lines: [], total: { planned: 0, committed: 0, recorded: 0, actual: 0, left: 0 }, participants: 0 },
  };
  const page = htmlReport(empty, "en");
  expect(unbalanced(page)).toBeUndefined();
  expect(page + terminalReport(empty, "zh-CN", false)).not.toMatch(/NaN|undefined|Infinity/);
});

test("whatever a name contains, it stays text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (name) => {
      const page = markup`<p title="${name}">${name}</p>`.markup;
      expect(unbalanced(page)).toBeUndefined();
      expect(page.match(/</g)).toHaveLength(2);
      expect(page.match(/"/g)).toHaveLength(2);
      expect(page).not.toMatch(/\p{Cs}/u);
    }),
  );
});

test("money is exact beyond what floating point holds, in currencies with other decimals too", () => {
  const yuan = formatFor("zh-CN", "CNY", "Asia/Shanghai");
  expect(yuan.money(Number.MAX_SAFE_INTEGER)).toBe("¥90,071,992,547,409.91");
  expect(yuan.money({ numerator: 1n, denominator: 3n })).toBe("¥0.00");
  expect(yuan.money({ numerator: 5n, denominator: 2n })).toBe("¥0.02");
  expect(formatFor("en", "JPY", "UTC").money(1234)).toBe("¥1,234");
  expect(formatFor("en", "KWD", "UTC").money(1234)).toMatch(/1\.234$/);
});

/** Columns of a terminal: CJK takes two. */
function columns(line: string): number {
  return Array.from(line).reduce((sum, character) => sum + (character.codePointAt(0)! >= 0x2e80 ? 2 : 1), 0);
}

/** Says which tag is not closed in order; undefined where all are. */
function unbalanced(page: string): string | undefined {
  const open: string[] = [];
  for (const [whole, close, name, empty] of page
    .replace(/<!doctype html>|<style>[\s\S]*?<\/style>/g, "")
    .matchAll(/<(\/?)([a-z0-9]+)(?:\s[^<>]*?)?(\/?)>/gi)) {
    if (empty || name === "meta") continue;
    if (!close) open.push(name!);
    else if (open.pop() !== name) return whole;
  }
  return open[0];
}
