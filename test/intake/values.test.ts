import { readFile } from "node:fs/promises";
import fc from "../support/property.ts";
import { DateTime } from "luxon";
import { expect, test } from "vitest";
import { parseEmail, parsePhone } from "../../src/intake/value/address.ts";
import { bare } from "../../src/intake/value/bare.ts";
import { parseMoney } from "../../src/intake/value/money.ts";
import { parseDay, parseTime } from "../../src/intake/value/time.ts";
import { isTrouble } from "../../src/intake/value/trouble.ts";
import { parseLocale, parseStatus, parseYesNo, parseZone } from "../../src/intake/value/word.ts";

const zone = "Asia/Shanghai";
const shanghai = (text: string) => DateTime.fromISO(text, { zone }).toJSDate();

test.each([
  ["2024年4月1日", "2024-04-01T00:00"],
  ["2024年04月01日 10:05", "2024-04-01T10:05"],
  ["2024年4月1日 10时5分30秒", "2024-04-01T10:05:30"],
  ["2024年4月1日下午3点20分", "2024-04-01T15:20"],
  ["2024/4/1 10:00", "2024-04-01T10:00"],
  ["2024/4/1 上午12:30", "2024-04-01T00:30"],
  ["2024/4/1 9:05:06 PM", "2024-04-01T21:05:06"],
  ["2024.4.1", "2024-04-01T00:00"],
  ["2024-04-01", "2024-04-01T00:00"],
  ["2024-04-01 10:00:00.250", "2024-04-01T10:00:00.250"],
  ["2024-04-01T02:00:00Z", "2024-04-01T10:00"],
  ["2024-04-01T04:00:00+02:00", "2024-04-01T10:00"],
  ["２０２４-０４-０１ １０：００", "2024-04-01T10:00"],
  ["20240401", "2024-04-01T00:00"],
  ["20240401103000", "2024-04-01T10:30"],
  ["45383", "2024-04-01T00:00"],
  ["45383.4375", "2024-04-01T10:30"],
  ["45383.416666666664", "2024-04-01T10:00"],
  ["1711936800", "2024-04-01T10:00"],
  ["1711936800000", "2024-04-01T10:00"],
])("the time %s", (text, expected) => {
  expect(parseTime(text, zone)).toEqual(shanghai(expected));
});

test.each([
  "2024-02-30",
  "2024-13-01",
  "2024-04-01 25:00",
  "01/04/2024",
  "yesterday",
  "2024",
  "4月1日",
  "0024-04-01",
  "1.38E+10",
  "2024-04-01 10:00 garbage",
])("%s is no time", (text) => {
  expect(isTrouble(parseTime(text, zone))).toBe(true);
});

test("local times across changes of the clocks are what a calendar library says", () => {
  const minutes = fc.integer({ min: Date.UTC(2019, 0, 1) / 60_000, max: Date.UTC(2027, 0, 1) / 60_000 });
  const zones = fc.constantFrom(
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Shanghai",
    "Pacific/Apia",
  );
  fc.assert(
    fc.property(minutes, zones, (minute, name) => {
      const local = DateTime.fromMillis(minute * 60_000, { zone: "utc" }).toFormat("yyyy-MM-dd HH:mm");
      const meant = DateTime.fromFormat(local, "yyyy-MM-dd HH:mm", { zone: name });
      const earliest = Math.min(...meant.getPossibleOffsets().map((one) => one.toMillis()));
      expect(parseTime(local, name)).toEqual(new Date(earliest));
    }),
    { numRuns: 3000 },
  );
});

test("a zone is kept as the database knows it; an offset is no zone", () => {
  expect(parseZone("asia/shanghai")).toBe("Asia/Shanghai");
  expect(parseZone("EST")).toBe("EST");
  expect(["+08:00", "UTC+8", "Asia/Atlantis"].filter((text) => !isTrouble(parseZone(text)))).toEqual([]);
});

test("a day is the day that was written, in whatever zone", () => {
  expect(parseDay("1990年2月3日")).toBe("1990-02-03");
  expect(parseDay("1990-02-03T23:30:00+08:00")).toBe("1990-02-03");
});

test.each([
  ["¥1,234.50", "123450"],
  ["￥1，234．5", "123450"],
  ["1,234.50元", "123450"],
  ["CNY 1234.5", "123450"],
  ["1234.500", "123450"],
  ["0", "0"],
  ["0.07", "7"],
  ["9007199254740.99", "900719925474099"],
  [".5", "50"],
])("the amount %s is %s minor units", (text, expected) => {
  expect(parseMoney(text, "CNY", 2)).toBe(expected);
});

test.each(["1,23", "1.2万", "12.345", "-5", "$12", "abc", "1.2E+5", "1 2", "", "12,34,567", "99999999999999999"])(
  "%s is no amount in CNY",
  (text) => {
    expect(isTrouble(parseMoney(text, "CNY", 2))).toBe(true);
  },
);

test("currencies without cents take none", () => {
  expect(parseMoney("¥1,200", "JPY", 0)).toBe("1200");
  expect(isTrouble(parseMoney("1200.5", "JPY", 0))).toBe(true);
});

test("whatever amount is written, its minor units are the same digits", () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 14n), (minor) => {
      const digits = minor.toString().padStart(3, "0");
      const major = `${digits.slice(0, -2)}.${digits.slice(-2)}`;
      const grouped = `¥${digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",")}.${digits.slice(-2)}`;
      expect([parseMoney(major, "CNY", 2), parseMoney(grouped, "CNY", 2)]).toEqual([
        minor.toString(),
        minor.toString(),
      ]);
    }),
  );
});

test("a phone that a spreadsheet shortened is refused with a way out", () => {
  const found = parsePhone("1.38E+10");
  expect(isTrouble(found) && found.hint?.["zh-CN"]).toContain("文本");
  expect(parsePhone("138 1234 5678")).toBe("13812345678");
  expect(parsePhone("+86-13812345678")).toBe("13812345678");
  for (const wrong of ["12", "138123456789012345", "无此人", "13812345678/13912345678", "call me"])
    expect(isTrouble(parsePhone(wrong))).toBe(true);
});

test("e-mail addresses", () => {
  expect(parseEmail(" Li.Na@Shop.example ")).toBe("Li.Na@shop.example");
  expect(parseEmail("li＠shop.example")).toBe("li@shop.example");
  expect(parseEmail("li@例子.example")).toMatch(/^li@xn--/);
  for (const wrong of [
    "li",
    "li@",
    "@shop.example",
    "li@shop",
    "a b@shop.example",
    "a@b.example,c@d.example",
    "a..b@shop.example",
    "a@shop.example\nbcc:x@y.example",
    "a@127.0.0.1",
  ]) {
    expect([wrong, isTrouble(parseEmail(wrong))]).toEqual([wrong, true]);
  }
});

test("words for yes, no, statuses and languages", () => {
  expect(["是", "同意", "Yes", "1", "TRUE"].map(parseYesNo)).toEqual([true, true, true, true, true]);
  expect(["否", "不同意", "no", "0", "无"].map(parseYesNo)).toEqual([false, false, false, false, false]);
  expect(isTrouble(parseYesNo("maybe"))).toBe(true);
  expect(["已付款", "已退款", "交易关闭", "待付款", "Paid"].map(parseStatus)).toEqual([
    "paid",
    "refunded",
    "cancelled",
    "pending",
    "paid",
  ]);
  expect(["中文", "zh_CN", "EN", "en-GB"].map(parseLocale)).toEqual(["zh-CN", "zh-CN", "en", "en-GB"]);
  expect(isTrouble(parseLocale("???"))).toBe(true);
});

test("what is far too long is refused without much thought", () => {
  const many = 500_000;
  for (const gap of [" ", "\t", "\u3000"])
    expect(isTrouble(parseMoney(`1${gap}`.repeat(many) + "1", "CNY", 2))).toBe(true);
  expect(isTrouble(parseLocale("a_".repeat(many)))).toBe(true);
  for (const open of ["(", "[", "【"]) expect(bare(open.repeat(many))).toHaveLength(many);
  expect(bare("Order No. (订单号) [id]")).toBe("orderno");
});

test.each(["docs/importing.md", "docs/importing.zh-CN.md"])("%s promises only what is taken", async (file) => {
  const text = await readFile(file, "utf8");
  const row = (name: string) => {
    const line = text.split("\n").find((candidate) => candidate.startsWith(`| ${name} |`))!;
    return [...line.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
  };
  const zh = file.includes("zh-CN");
  const times = row(zh ? "时间" : "time").filter((example) => !example.startsWith("rules/"));
  expect(times.filter((example) => isTrouble(parseTime(example, zone)))).toEqual(["01/04/2024"]);
  expect(times.length).toBeGreaterThan(9);
  expect(
    row(zh ? "金额" : "amount")
      .map((example) => parseMoney(example, "CNY", 2))
      .filter(isTrouble),
  ).toEqual([]);
  const answers = row(zh ? "是 / 否" : "yes / no").map(parseYesNo);
  expect(answers).toEqual(answers.map((_, i) => i % 2 === 0));
});
