import pg from "pg";

// What goes over the line by the hundred thousand, read and written without the driver's detours; all else is the driver's.

const readAnyTime = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ);

const DIGIT = "0".charCodeAt(0);
const SHORTEST = "2000-01-01 00:00:00+00".length;
const MICROSECONDS = 6;

/** A timestamptz as connections in UTC are told it ("2026-03-01 08:00:00.125+00"), to the millisecond. */
export function readTime(text: string): Date {
  const fraction = text.length - SHORTEST - 1;
  const inUtc = text.endsWith("+00") && text[4] === "-" && text[10] === " " && text[0] !== "0";
  if (!inUtc || fraction === 0 || fraction > MICROSECONDS) return readAnyTime(text) as Date;
  const pair = (at: number) => (text.charCodeAt(at) - DIGIT) * 10 + text.charCodeAt(at + 1) - DIGIT;
  let ms = 0;
  for (let place = 0, worth = 100; place < Math.min(fraction, 3); place++, worth /= 10)
    ms += (text.charCodeAt(20 + place) - DIGIT) * worth;
  return new Date(Date.UTC(pair(0) * 100 + pair(2), pair(5) - 1, pair(8), pair(11), pair(14), pair(17), ms));
}

/** An array of numbers, texts and nulls as Postgres reads it; undefined when it holds anything else. */
export function arrayText(values: readonly unknown[]): string | undefined {
  let text = "{";
  let comma = "";
  for (const value of values) {
    text += comma;
    comma = ",";
    if (typeof value === "number") text += value;
    else if (typeof value === "string") text += `"${/["\\]/.test(value) ? value.replace(/["\\]/g, "\\$&") : value}"`;
    else if (value === null || value === undefined) text += "NULL";
    else return undefined;
  }
  return `${text}}`;
}
