import { plain, scientific, trouble, type Trouble } from "./trouble.ts";

const SYMBOLS: Record<string, string> = {
  "¥": "CNY JPY",
  元: "CNY",
  圆: "CNY JPY",
  块: "CNY",
  $: "USD HKD SGD TWD AUD CAD",
  "€": "EUR",
  "£": "GBP",
  "₩": "KRW",
  RMB: "CNY",
};
const PARTS = /^([^\d.,+-]*)\s*([+-]?)\s*([^\d.,+-]*)\s*(\d[\d,]*|\d*)(?:\.(\d*))?\s*([^\d.,]*)$/;
const GROUPED = /^\d{1,3}(,\d{3})+$/;
/** Characters; PARTS takes time by their square. */
const LONGEST = 100;
const LARGEST = 10n ** 15n;

/**
 * "¥1,234.50" or "1,234.50元" to minor units as digits ("123450"): on text alone, so that no cent is ever rounded.
 * @param currency the home's
 */
export function parseMoney(text: string, currency: string, exponent: number): string | Trouble {
  if (text.length > LONGEST) return unreadable();
  const written = plain(text);
  const match = PARTS.exec(written);
  if (!match || (match[4] === "" && !match[5])) return scientific(written) ?? unreadable();
  const [, before = "", sign = "", between = "", whole = "", fraction = "", after = ""] = match;
  for (const word of [before, between, after]) {
    const wrong = wrongCurrency(word.trim(), currency);
    if (wrong) return wrong;
  }
  if (whole.includes(",") && !GROUPED.test(whole)) return unreadable();
  if (sign === "-") {
    return trouble("the amount is negative", "金额为负数", {
      en: "a refund is no order: mark its order refunded (status or refunded amount)",
      "zh-CN": "退款不是订单：请在原订单上填写状态“已退款”或退款金额",
    });
  }
  const decimals = fraction.replace(/0+$/, "");
  if (decimals.length > exponent) {
    return trouble(`more decimals than ${currency} has`, `小数位数多于${currency}允许的 ${exponent} 位`);
  }
  const minor = BigInt(whole.replaceAll(",", "") + decimals.padEnd(exponent, "0") || "0");
  return minor >= LARGEST ? trouble("the amount is too large to be meant", "金额过大，不合理") : minor.toString();
}

function wrongCurrency(word: string, currency: string): Trouble | undefined {
  if (word === "" || word.toUpperCase() === currency) return undefined;
  const meant = SYMBOLS[word.toUpperCase()] ?? (/^[A-Z]{3}$/i.test(word) ? word.toUpperCase() : undefined);
  if (meant === undefined) return unreadable(word);
  if (meant.split(" ").includes(currency)) return undefined;
  return trouble(`not in ${currency}`, `不是${currency}`, {
    en: `amounts are in ${currency} here; convert them first`,
    "zh-CN": `这里的金额均为 ${currency}，请先换算`,
  });
}

function unreadable(word?: string): Trouble {
  const hint = word?.startsWith("万")
    ? { en: "write the amount out: 12000 for 1.2万", "zh-CN": "请写出完整金额：1.2万写作 12000" }
    : { en: "write it as 1234.50 or ¥1,234.50", "zh-CN": "请写成 1234.50 或 ¥1,234.50" };
  return trouble("not an amount", "不是金额", hint);
}
