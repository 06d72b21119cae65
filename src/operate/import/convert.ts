import type { Home } from "./home.ts";
import type { Cells, Column, FieldType, Kind, Staged } from "./kind/field.ts";
import type { Row } from "./table/table.ts";
import { textFaults } from "../../intake/text.ts";
import { parseEmail, parsePhone } from "../../intake/value/address.ts";
import { extraValue, traitValue } from "../../intake/value/extra.ts";
import { parseMoney } from "../../intake/value/money.ts";
import { parseTime } from "../../intake/value/time.ts";
import { isNothing, isTrouble, plain, scientific, type Trouble, trouble } from "../../intake/value/trouble.ts";
import { parseLocale, parseNumber, parseStatus, parseYesNo, parseZone } from "../../intake/value/word.ts";

/** A cell, or a line (field ""), that cannot be taken. */
export interface Rejected {
  line: number;
  field: string;
  trouble: Trouble;
}
export type Converted = { staged: Staged; rejected?: never } | { rejected: Rejected[]; staged?: never };

/** A line as a row of the staging table, or everything that is wrong with it. */
export function convertRow(row: Row, columns: Column[], kind: Kind, home: Home): Converted {
  if (row.trouble) return { rejected: [{ line: row.line, field: "", trouble: row.trouble }] };
  const cells: Cells = { fields: new Map(), extras: {}, roles: [] };
  const rejected: Rejected[] = [];
  const reject = (field: string, why: Trouble) => rejected.push({ line: row.line, field, trouble: why });
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i]!;
    const text = column.to === "nothing" ? "" : textOf(row.cells[i]);
    if (text === "") continue;
    const cell = isTrouble(text) ? text : fill(cells, column, text, row.cells[i], kind, home);
    if (isTrouble(cell)) reject(nameOf(column), cell);
  }
  for (const field of kind.fields) {
    if (!field.required || cells.fields.has(field.name) || rejected.some((other) => other.field === field.name))
      continue;
    reject(field.name, trouble("empty", "为空"));
  }
  if (rejected.length > 0) return { rejected };
  const staged = kind.stage(cells, home);
  return Array.isArray(staged) ? { staged } : { rejected: [{ line: row.line, ...staged }] };
}

/** Puts a cell where its column goes. */
function fill(cells: Cells, column: Column, text: string, raw: unknown, kind: Kind, home: Home): Trouble | undefined {
  if (column.to === "field") {
    const value = convert(column.field.type, text, raw, home);
    if (isTrouble(value)) return value;
    if (value !== undefined) cells.fields.set(column.field.name, value);
  } else if (column.to === "role") {
    const value = convert(
      column.kind === "wecom" ? "id" : column.kind === "name" ? "text" : column.kind,
      text,
      raw,
      home,
    );
    if (isTrouble(value)) return value;
    if (value !== undefined) cells.roles.push({ kind: column.kind, role: column.role, value });
  } else if (column.to === "extra") {
    const value =
      kind.extras === "traits" ? traitValue(text, raw, home.traits[column.name]?.type, home) : extraValue(text, raw);
    if (isTrouble(value)) return value;
    if (value !== undefined) cells.extras[column.name] = value;
  }
  return undefined;
}

const LONGEST: Partial<Record<FieldType, number>> = { id: 200, text: 500, type: 100 };

/** undefined: the cell says that there is nothing */
function convert(type: FieldType, text: string, raw: unknown, home: Home): string | undefined | Trouble {
  if (text.length > (LONGEST[type] ?? 100_000)) return trouble("too long", "过长");
  if (type === "id") return typeof raw === "object" ? single() : idOf(text, raw);
  if (type === "json") return jsonOf(text, raw);
  if (typeof raw === "object") return single();
  // before "nothing", since 无 is an answer here
  if (type === "yesno") {
    const answer = parseYesNo(text);
    return isTrouble(answer) && isNothing(text) ? undefined : isTrouble(answer) ? answer : String(answer);
  }
  if (type === "text" || type === "type") return text;
  if (isNothing(text)) return undefined;
  if (type === "time") {
    const time = parseTime(text, home.timezone);
    return isTrouble(time) ? time : time.toISOString();
  }
  return typed(type, text, home);
}

function typed(type: FieldType, text: string, home: Home): string | Trouble {
  switch (type) {
    case "money":
      return parseMoney(text, home.currency, home.exponent);
    case "email":
      return parseEmail(text);
    case "phone":
      return parsePhone(text);
    case "locale":
      return parseLocale(text);
    case "zone":
      return parseZone(text);
    case "status":
      return parseStatus(text);
    case "number":
      return parseNumber(text);
    default: {
      const money = parseMoney(`1 ${plain(text)}`, home.currency, home.exponent);
      return isTrouble(money) ? money : home.currency;
    }
  }
}

const UNPRINTABLE = /\p{Cc}/u;

function idOf(text: string, raw: unknown): string | Trouble {
  if (UNPRINTABLE.test(text))
    return trouble("has a line break or another unprintable character", "含有换行或不可见字符");
  if (typeof raw === "number" && !Number.isSafeInteger(raw)) {
    return trouble("the number is too long to be exact", "数字过长，已不准确", {
      en: "write it as text, in quotation marks",
      "zh-CN": "请写成带引号的文本",
    });
  }
  return scientific(text) ?? text;
}

function jsonOf(text: string, raw: unknown): string | Trouble {
  let value = raw;
  try {
    if (typeof raw === "string") value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return unstorableIn(value) ?? JSON.stringify(value);
  return trouble("not a JSON object", "不是 JSON 对象");
}

function textOf(cell: unknown): string | Trouble {
  if (cell === undefined || cell === null) return "";
  const unstorable = unstorableIn(cell);
  if (unstorable) return unstorable;
  return typeof cell === "string" ? cell.trim() : JSON.stringify(cell);
}

/** The same that no event may hold. */
function unstorableIn(value: unknown): Trouble | undefined {
  const fault = textFaults(value, "")[0];
  return fault && trouble(fault.message.en, fault.message["zh-CN"]);
}

function single(): Trouble {
  return trouble("not a single value", "不是单个值");
}

function nameOf(column: Column): string {
  if (column.to === "field") return column.field.name;
  if (column.to === "role") return `${column.kind}:${column.role}`;
  return column.to === "extra" ? column.name : "";
}
