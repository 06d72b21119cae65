import type { Text } from "../../campaign/program.ts";

/** Why a cell cannot be taken, and what to do about it. A class, so that no imported object is taken for one. */
export class Trouble {
  readonly reason: Text;
  readonly hint: Text | undefined;
  constructor(reason: Text, hint?: Text) {
    this.reason = reason;
    this.hint = hint;
  }
}

export function trouble(en: string, zh: string, hint?: Text): Trouble {
  return new Trouble({ en, "zh-CN": zh }, hint);
}

export function isTrouble(value: unknown): value is Trouble {
  return value instanceof Trouble;
}

/** Full-width digits, letters and marks (１２３，．：) as plain ones, without surrounding blanks. */
export function plain(text: string): string {
  return text.normalize("NFKC").trim();
}

const NOTHING = new Set([
  "",
  "-",
  "--",
  "/",
  "n/a",
  "#n/a",
  "na",
  "nan",
  "null",
  "none",
  "\\n",
  "无",
  "空",
  "暂无",
  "未知",
]);

/** What people and programs write into a cell of dates, numbers or addresses when there is nothing to write. */
export function isNothing(text: string): boolean {
  return NOTHING.has(text.trim().toLowerCase());
}

const SCIENTIFIC = /^[+-]?\d(\.\d+)?E\+?\d+$/i;

/** "1.38E+10": what is left of a long number after a spreadsheet showed it as a number. */
export function scientific(text: string): Trouble | undefined {
  if (!SCIENTIFIC.test(text)) return undefined;
  return trouble(
    "a spreadsheet has shortened this number, its digits are lost",
    "电子表格把长数字变成了科学计数，原数字已丢失",
    {
      en: "format the column as text in the spreadsheet, fill it in again from the source, and save",
      "zh-CN": "请在电子表格中把该列设为“文本”格式，从原系统重新填入后再保存",
    },
  );
}
