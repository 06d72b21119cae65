import type { FieldSource, TakenEvent } from "../../campaign/definition/library/event.ts";

type Data = Record<string, unknown>;
type Places = string | string[];

/** An event of another name that is an event of `type`. */
export interface Mapping {
  type: string;
  fields: TakenEvent["data"];
}

/** Data with the fields that its type needs, beside everything that was sent. A field that is not found stays as it was. */
export function mapped(data: Data, fields: Mapping["fields"]): Data {
  const result = { ...data };
  for (const [name, source] of Object.entries(fields)) {
    const value = take(data, source);
    if (value !== undefined && value !== null) result[name] = value;
  }
  return result;
}

/** Where a mapped field was in what was sent: "/amount/…" as "/total/…", so that faults point to what people wrote. */
export function sentPointer(pointer: string, sent: Data, fields: Mapping["fields"]): string {
  const [, first = "", ...rest] = pointer.split("/");
  const source = Object.hasOwn(fields, first) ? fields[first]! : undefined;
  if (source === undefined) return pointer;
  const found = placesOf(source).find((place) => at(sent, place) !== undefined);
  return found === undefined ? pointer : [found, ...rest].join("/");
}

function placesOf(source: FieldSource): string[] {
  if (typeof source === "string") return [source];
  if (Array.isArray(source)) return source;
  if ("value" in source) return [];
  return ["at" in source ? source.at : source.each].flat();
}

function take(data: Data, source: FieldSource): unknown {
  if (typeof source === "string" || Array.isArray(source)) return first(data, source);
  if ("value" in source) return source.value;
  if ("at" in source) return rewritten(first(data, source.at), source.as);
  const list = first(data, source.each);
  if (!Array.isArray(list)) return list;
  return list.map((entry) => (isObject(entry) ? mapped(entry, source.data) : entry));
}

function first(data: Data, places: Places): unknown {
  for (const place of [places].flat()) {
    const found = at(data, place);
    if (found !== undefined && found !== null) return found;
  }
  return undefined;
}

function at(data: unknown, place: string): unknown {
  let found: unknown = data;
  for (const part of place.split("/").slice(1)) {
    if (typeof found !== "object" || found === null) return undefined;
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    found = Object.hasOwn(found, key) ? (found as Data)[key] : undefined;
  }
  return found;
}

const NUMBER = /^-?\d{1,15}(\.\d{1,9})?$/;

/** What cannot be rewritten stays as it is: the check of the type says what is wrong with it. */
function rewritten(value: unknown, as: "text" | "number" | "major" | "upper"): unknown {
  switch (as) {
    case "text":
      return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
    case "upper":
      return typeof value === "string" ? value.toUpperCase() : value;
    case "number":
      return typeof value === "string" && NUMBER.test(value.trim()) ? Number(value) : value;
    case "major":
      return major(value);
  }
}

/** Cents to major units by moving the point in the digits, so that nothing is rounded: 12950 to "129.50". */
function major(value: unknown): unknown {
  const digits = /^(-?)(\d{1,15})$/.exec(String(value).trim());
  if (!digits || (typeof value !== "number" && typeof value !== "string")) return value;
  const padded = digits[2]!.padStart(3, "0");
  return `${digits[1]}${padded.slice(0, -2)}.${padded.slice(-2)}`;
}

function isObject(value: unknown): value is Data {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
