import { join } from "node:path";
import { digitsOf } from "../../campaign/currency.ts";
import { valueOf } from "../../campaign/definition/params.ts";
import type { ParamType, Text } from "../../campaign/program.ts";
import { formatDate, formatMoney } from "../../delivery/format.ts";
import { readJsonFile, readJsonFolder } from "../rules/folder.ts";

type Json = Record<string, unknown>;

/** What a template is looked at with as params.*: the defaults of the first campaign that names the template. */
export async function previewParams(rules: string, template: string, locale: keyof Text): Promise<Json> {
  const campaigns = await readJsonFolder(join(rules, "campaigns"), []);
  const found = campaigns.find(({ json }) => names(record(json).journey, template));
  const home = record((await readJsonFile(join(rules, "home.json"), []))?.json);
  const currency = typeof home.currency === "string" && /^[A-Z]{3}$/.test(home.currency) ? home.currency : "CNY";
  return Object.fromEntries(
    Object.entries(record(record(found?.json).params)).map(([name, param]) => {
      const { type, default: written } = record(param);
      return [name, shown(type as ParamType, written, currency, locale)];
    }),
  );
}

function shown(type: ParamType, written: unknown, currency: string, locale: string): unknown {
  const value = valueOf(type, written, digitsOf(currency));
  if (type === "money" && typeof value === "number") return formatMoney(value, currency, locale);
  return type === "date" && typeof value === "string" ? formatDate(value, locale) : value;
}

/** Whether a step, however deep, names the template. */
function names(json: unknown, template: string): boolean {
  if (typeof json !== "object" || json === null) return false;
  const { template: own, reminder } = json as Json;
  return own === template || reminder === template || Object.values(json).some((part) => names(part, template));
}

function record(json: unknown): Json {
  return typeof json === "object" && json !== null && !Array.isArray(json) ? (json as Json) : {};
}
