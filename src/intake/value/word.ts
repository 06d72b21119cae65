import { IANAZone } from "luxon";
import { nearest } from "../../fault.ts";
import { plain, trouble, type Trouble } from "./trouble.ts";

const YES = new Set([
  "yes",
  "y",
  "true",
  "t",
  "1",
  "on",
  "granted",
  "opt-in",
  "optin",
  "subscribed",
  "是",
  "同意",
  "已同意",
  "有",
  "允许",
  "接受",
  "订阅",
  "已订阅",
  "对",
  "√",
  "✓",
]);
const NO = new Set([
  "no",
  "n",
  "false",
  "f",
  "0",
  "off",
  "denied",
  "opt-out",
  "optout",
  "unsubscribed",
  "否",
  "不同意",
  "未同意",
  "无",
  "不允许",
  "拒绝",
  "已拒绝",
  "不接受",
  "退订",
  "已退订",
  "不",
  "×",
  "✗",
]);

export function parseYesNo(text: string): boolean | Trouble {
  const word = plain(text).toLowerCase();
  if (YES.has(word)) return true;
  if (NO.has(word)) return false;
  return trouble("neither yes nor no", "既不是“是”也不是“否”", { en: "write yes or no", "zh-CN": "请写“是”或“否”" });
}

const STATUS: Record<string, string[]> = {
  paid: [
    "paid",
    "complete",
    "completed",
    "done",
    "success",
    "succeeded",
    "shipped",
    "delivered",
    "fulfilled",
    "已支付",
    "已付款",
    "支付成功",
    "已完成",
    "完成",
    "交易成功",
    "已发货",
    "已收货",
    "已签收",
    "待发货",
    "待收货",
  ],
  refunded: ["refunded", "returned", "已退款", "退款成功", "已退货", "全额退款"],
  cancelled: ["cancelled", "canceled", "closed", "void", "已取消", "取消", "已关闭", "交易关闭", "作废"],
  pending: ["pending", "unpaid", "open", "awaiting payment", "待付款", "待支付", "未付款", "未支付"],
};
const STATUS_OF = new Map(
  Object.entries(STATUS).flatMap(([status, words]) => words.map((word) => [word, status] as const)),
);

export function parseStatus(text: string): string | Trouble {
  const word = plain(text).toLowerCase();
  const known = ["paid", "refunded", "cancelled", "pending"];
  return STATUS_OF.get(word) ?? trouble("not an order status", "不是订单状态", nearest(word, known));
}

const LANGUAGES: Record<string, string> = {
  中文: "zh-CN",
  简体中文: "zh-CN",
  汉语: "zh-CN",
  chinese: "zh-CN",
  zh: "zh-CN",
  繁体中文: "zh-TW",
  英文: "en",
  英语: "en",
  english: "en",
};

/** Characters: no language has more. */
const LONGEST = 100;

/** A file has few languages and zones and many lines; finding out about one takes longer than reading a line. */
function remembered<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (text.length > LONGEST) return read(text);
    let value = known.get(text);
    if (value === undefined) {
      value = read(text);
      if (known.size > 1000) known.clear();
      known.set(text, value);
    }
    return value;
  };
}

export const parseLocale = remembered((text): string | Trouble => {
  const word = plain(text);
  try {
    if (word.length > LONGEST) return notALanguage();
    return LANGUAGES[word.toLowerCase()] ?? Intl.getCanonicalLocales(word.replaceAll("_", "-"))[0]!;
  } catch {
    return notALanguage();
  }
});

function notALanguage(): Trouble {
  return trouble("not a language", "不是语言代码", { en: "write zh-CN or en", "zh-CN": "请写 zh-CN 或 en" });
}

export const parseZone = remembered((text): string | Trouble => {
  const word = plain(text);
  // newer Intl takes offsets such as "+08:00" too, which Postgres reads with the opposite sign
  if (/^[A-Za-z]/.test(word) && IANAZone.isValidZone(word)) {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: word }).resolvedOptions();
    return timeZone.toLowerCase() === word.toLowerCase() ? timeZone : word;
  }
  return trouble("not a time zone", "不是时区", { en: "write it as Asia/Shanghai", "zh-CN": "请写成 Asia/Shanghai" });
});

const NUMBER = /^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$/;

/** A decimal number as digits, without thousands' separators. */
export function parseNumber(text: string): string | Trouble {
  const word = plain(text);
  if (!NUMBER.test(word))
    return trouble("not a number", "不是数字", {
      en: "write digits only, as in 12.5",
      "zh-CN": "请只写数字，例如 12.5",
    });
  return word.replaceAll(",", "").replace(/^\+/, "");
}
