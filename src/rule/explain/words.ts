import type { Aggregate, Ast, Calendar, Source, Type, Value, Var } from "../ast.ts";
import type { Text } from "../text.ts";
import { within } from "../variables/orders.ts";

/** What explaining needs to know besides the rule. */
export interface Wording {
  /** decimal places of the home's currency */
  exponent: number;
  /** name of a variable for people */
  label(name: string): Text | undefined;
}

type Locale = keyof Text;

const SYMBOL: Record<string, string> = { "==": "=", "!=": "≠", "<=": "≤", ">=": "≥", "*": "×", "/": "÷" };
const HEADS: Record<string, Text> = {
  and: { en: "all of these", "zh-CN": "以下全部满足" },
  or: { en: "at least one of these", "zh-CN": "以下至少满足一项" },
  "!": { en: "not", "zh-CN": "以下不成立" },
  if: { en: "depending on", "zh-CN": "视情况而定" },
  min: { en: "the least of", "zh-CN": "最小值" },
  max: { en: "the greatest of", "zh-CN": "最大值" },
  some: { en: "some element of", "zh-CN": "至少一个元素满足" },
  all: { en: "every element of", "zh-CN": "全部元素满足" },
  none: { en: "no element of", "zh-CN": "没有元素满足" },
};
const AGGREGATES: Record<string, Text> = {
  count: { en: "number of orders", "zh-CN": "订单数" },
  sum: { en: "total", "zh-CN": "合计" },
  avg: { en: "average", "zh-CN": "平均" },
  min: { en: "least", "zh-CN": "最小" },
  max: { en: "greatest", "zh-CN": "最大" },
  first: { en: "first day", "zh-CN": "首次日期" },
  last: { en: "last day", "zh-CN": "最近日期" },
};

/** A value as people write it: amounts in major units. */
export function show(value: Value, type: Type | "numbers", locale: Locale, exponent: number): string {
  const zh = locale === "zh-CN";
  if (value === null) return zh ? "缺失" : "missing";
  if (Array.isArray(value)) return value.length === 0 ? (zh ? "无" : "none") : value.join(zh ? "、" : ", ");
  if (typeof value === "boolean") return zh ? (value ? "是" : "否") : value ? "yes" : "no";
  if (typeof value === "string") return type === "date" ? value : `"${value}"`;
  const number = type === "money" ? value / 10 ** exponent : value;
  const digits = type === "money" && !Number.isInteger(number) ? exponent : 0;
  return number.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: type === "money" ? exponent : 6,
  });
}

/** A rule in words; long ones are read as a tree instead. */
export function words(ast: Ast, locale: Locale, wording: Wording): string {
  const of = (arg: Ast) => words(arg, locale, wording);
  const zh = locale === "zh-CN";
  switch (ast.op) {
    case "literal":
      return show(ast.value as Value, ast.type, locale, wording.exponent);
    case "var":
      return variableWords(ast, locale, wording);
    case "item":
      return zh ? "元素" : "the element";
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
    case "+":
    case "*":
    case "/":
    case "%":
      return infix(
        ast.args.map((arg) => bracketed(arg, of(arg))),
        ast.op,
      );
    case "-":
      return ast.args.length === 1
        ? `−${bracketed(ast.args[0]!, of(ast.args[0]!))}`
        : infix(
            ast.args.map((arg) => bracketed(arg, of(arg))),
            "−",
          );
    case "cat":
      return infix(ast.args.map(of), "&");
    case "in":
      return inWords(ast.args[0], ast.args[1], locale, wording);
    case "missing":
    case "missing_some":
      return `${zh ? "缺失" : "missing"}: ${ast.args.map(of).join(zh ? "、" : ", ")}`;
    case "default":
      return zh
        ? `${of(ast.args[0])}（缺失时为 ${of(ast.args[1])}）`
        : `${of(ast.args[0])} (when missing: ${of(ast.args[1])})`;
    case "days_since":
      return zh ? `距${of(ast.args[0])}的天数` : `days since ${of(ast.args[0])}`;
    case "is_today":
      return returnWords(of(ast.args[0]), ast, locale);
    case "filled":
      return zh ? `${of(ast.args[0])}：非空` : `${of(ast.args[0])}: not empty`;
    case "segment":
      return zh ? `属于分群 ${ast.id}` : `in segment ${ast.id}`;
    case "some":
    case "all":
    case "none":
    case "and":
    case "or":
    case "!":
    case "if":
    case "min":
    case "max":
      return `${HEADS[ast.op]![locale]}: ${ast.args.map(of).join("; ")}`;
  }
}

function returnWords(
  date: string,
  { calendar, within }: { calendar: Calendar; within: number },
  locale: Locale,
): string {
  const lunar = calendar === "lunar";
  if (locale === "zh-CN") {
    const when = within === 0 ? "今天" : `今天起 ${within + 1} 天内`;
    return `${date}（${lunar ? "农历" : "公历"}）的周年日在${when}`;
  }
  const when = within === 0 ? "today" : `today or in the ${within} days after`;
  return `${date} returns ${when}${lunar ? " (lunar calendar)" : ""}`;
}

/** What stands above the parts of a tree. */
export function head(ast: Ast, locale: Locale, wording: Wording): string {
  return Object.hasOwn(HEADS, ast.op) && ast.op !== "min" && ast.op !== "max"
    ? HEADS[ast.op]![locale]
    : words(ast, locale, wording);
}

function variableWords({ name, source }: Var, locale: Locale, wording: Wording): string {
  if (source.from === "bucket") {
    return locale === "zh-CN"
      ? `随机分桶「${source.salt}」（共 ${source.of} 桶）`
      : `bucket "${source.salt}" of ${source.of}`;
  }
  if (source.from === "events" && (source.where || source.of)) return eventWords(source, locale, wording);
  if (source.from !== "items") return wording.label(name)?.[locale] ?? name;
  const where = words(source.where, locale, { ...wording, label: () => undefined });
  const what = AGGREGATES[source.aggregate]!;
  const label = { en: `${what.en} of items where ${where}`, "zh-CN": `商品（${where}）的${what["zh-CN"]}` };
  return within(label, source)[locale];
}

const EVENT_AGGREGATES: Partial<Record<Aggregate, Text>> = {
  count: { en: "number", "zh-CN": "次数" },
  days: { en: "days", "zh-CN": "天数" },
  first: { en: "first day", "zh-CN": "首次日期" },
  last: { en: "last day", "zh-CN": "最近日期" },
};

function eventWords(source: Extract<Source, { from: "events" }>, locale: Locale, wording: Wording): string {
  const { event, aggregate, of, where } = source;
  const filter = where && words(where, locale, { ...wording, label: () => undefined });
  const what = of ? AGGREGATES[aggregate]! : EVENT_AGGREGATES[aggregate]!;
  const field = of && `event.${of.path.join(".")}`;
  const label = {
    en: `${what.en} of ${field ? `${field} of ` : ""}${event}${filter ? ` where ${filter}` : ""}`,
    "zh-CN": `${event}${filter ? `（${filter}）` : ""}的${field ? ` ${field} ` : ""}${what["zh-CN"]}`,
  };
  return within(label, source)[locale];
}

function inWords(needle: Ast, hay: Ast, locale: Locale, wording: Wording): string {
  const [what, where] = [words(needle, locale, wording), words(hay, locale, wording)];
  if (hay.op === "literal" && Array.isArray(hay.value)) {
    const list = hay.value
      .map((value) => show(value, needle.type, locale, wording.exponent))
      .join(locale === "zh-CN" ? "、" : ", ");
    return locale === "zh-CN" ? `${what} 属于：${list}` : `${what} is one of: ${list}`;
  }
  return locale === "zh-CN" ? `${where} 包含 ${what}` : `${where} contains ${what}`;
}

function infix(parts: string[], op: string): string {
  return parts.join(` ${SYMBOL[op] ?? op} `);
}

function bracketed(ast: Ast, text: string): string {
  return ["var", "literal", "item", "default"].includes(ast.op) ? text : `(${text})`;
}
