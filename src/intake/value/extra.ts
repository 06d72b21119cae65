import type { Type } from "../../rule/ast.ts";
import { parseMoney } from "./money.ts";
import { parseDay } from "./time.ts";
import { isNothing, isTrouble, type Trouble } from "./trouble.ts";
import { parseNumber, parseYesNo } from "./word.ts";

/** A trait as its declared type stores it; one that is not declared stays as it was written. undefined: nothing said */
export function traitValue(
  text: string,
  raw: unknown,
  type: Type | undefined,
  { currency, exponent }: { currency: string; exponent: number },
): unknown {
  if (type === undefined) return typeof raw === "string" ? text : raw;
  if (type === "string") return text;
  if (type === "strings") {
    const parts = Array.isArray(raw) ? raw.map(String) : text.split(/[,;|，；、]/);
    return parts.map((part) => part.trim()).filter((part) => part !== "");
  }
  if (isNothing(text)) return undefined;
  if (type === "boolean") return parseYesNo(text);
  if (type === "date") return parseDay(text);
  const digits: string | Trouble = type === "money" ? parseMoney(text, currency, exponent) : parseNumber(text);
  if (isTrouble(digits)) return digits;
  // rules read money traits in major units
  return type === "money" ? Number(digits) / 10 ** exponent : Number(digits);
}

/** A field of an event or an item: JSON values as they are, text that can only be a number or a truth value as such. */
export function extraValue(text: string, raw: unknown): unknown {
  if (typeof raw !== "string") return raw;
  if (text === "true" || text === "false") return text === "true";
  // 007 and 1.50 stay text: they are names or codes as likely as numbers
  return String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text;
}
