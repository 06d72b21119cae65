import { BATCH, type Row } from "../table.ts";
import { unescaped } from "./strings.ts";
import { serialToText } from "./styles.ts";
import { LONGEST_TEXT, scan, tooLarge } from "./zip.ts";

export interface Lookups {
  strings: string[];
  dateStyles: boolean[];
  since1904: boolean;
}

/** Columns that a sheet can have: A to XFD. */
const MOST_COLUMNS = 16_384;

/** A sheet's rows that hold anything; numbers come as plain decimals, dates as text. */
export async function* readSheet(text: AsyncGenerator<string>, lookups: Lookups): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  let row: Row = { line: 0, cells: [] };
  let cell = { place: -1, type: "n", style: 0, value: "" };
  let inValue = false;
  const chunks = scan(text, {
    open(tag, name) {
      if (name === "row") row = { line: Number(tag.attributes["r"] ?? row.line + 1), cells: [] };
      else if (name === "c") {
        const reference = tag.attributes["r"];
        cell = {
          place: reference ? columnOf(reference) : cell.place + 1,
          type: tag.attributes["t"] ?? "n",
          style: Number(tag.attributes["s"] ?? 0),
          value: "",
        };
        // cells lie in an array by their place
        if (!(cell.place < MOST_COLUMNS)) throw tooLarge();
      } else if (name === "v" || name === "t") inValue = true;
    },
    text(part) {
      if (!inValue) return;
      cell.value += part;
      if (cell.value.length > LONGEST_TEXT) throw tooLarge();
    },
    close(name) {
      if (name === "v" || name === "t") inValue = false;
      else if (name === "c") row.cells[cell.place] = valueOf(cell, lookups);
      else if (name === "row") {
        if (row.cells.some((value) => value !== undefined && value !== "")) batch.push(row);
        cell.place = -1;
      }
    },
  });
  for await (const _ of chunks) {
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** "AB12" is column 27, counted from 0. */
function columnOf(reference: string): number {
  let column = 0;
  for (let i = 0; i < reference.length; i++) {
    const code = reference.charCodeAt(i);
    if (code < 65) break;
    column = column * 26 + code - 64;
  }
  return column - 1;
}

function valueOf(cell: { type: string; style: number; value: string }, lookups: Lookups): string | undefined {
  if (cell.value === "") return undefined;
  switch (cell.type) {
    case "s":
      return lookups.strings[Number(cell.value)];
    case "b":
      return cell.value === "1" ? "true" : "false";
    case "n": {
      const number = Number(cell.value);
      return lookups.dateStyles[cell.style] && number >= 1 ? serialToText(number, lookups.since1904) : decimal(number);
    }
    default:
      return unescaped(cell.value);
  }
}

/** The 15 digits that a spreadsheet shows and means, without the noise of its binary numbers. */
function decimal(number: number): string {
  const rounded = Number(number.toPrecision(15));
  const text = String(rounded);
  return text.includes("e") && Number.isSafeInteger(rounded) ? BigInt(rounded).toString() : text;
}
