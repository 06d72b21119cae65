import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type writeExcel from "write-excel-file/node";
import { refuse } from "../fault.ts";

export type Cell = string | number | null;

/** A workbook is made in memory; more rows than this belong in a CSV file. */
const MOST_IN_WORKBOOK = 100_000;

/**
 * Writes a table for spreadsheets; the file appears when it is complete. @returns rows written
 * @throws InputError when it cannot be written, or does not fit into a workbook
 */
export async function writeTable(
  kind: "csv" | "xlsx",
  path: string,
  header: string[],
  pages: AsyncIterable<Cell[][]>,
): Promise<number> {
  const part = `${path}.part`;
  try {
    const written = kind === "csv" ? await writeCsv(part, header, pages) : await writeWorkbook(part, header, pages);
    await rename(part, path);
    return written;
  } catch (failure) {
    await rm(part, { force: true });
    const { code } = failure as NodeJS.ErrnoException;
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw failure;
    throw refuse(path, { en: `cannot be written (${code})`, "zh-CN": `无法写入（${code}）` });
  }
}

async function writeCsv(path: string, header: string[], pages: AsyncIterable<Cell[][]>): Promise<number> {
  let written = 0;
  const counted = async function* () {
    for await (const rows of pages) {
      written += rows.length;
      yield rows;
    }
  };
  await pipeline(Readable.from(csvOf(header, counted())), createWriteStream(path));
  return written;
}

/** The table as the text of a CSV file, part by part. */
export async function* csvOf(header: string[], pages: AsyncIterable<Cell[][]>): AsyncGenerator<string> {
  // the mark lets spreadsheets read it as UTF-8
  yield `\uFEFF${line(header)}`;
  for await (const rows of pages) if (rows.length > 0) yield rows.map(line).join("");
}

function line(cells: Cell[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/** What people wrote must not become a formula of whoever opens the file. */
export function csvCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function writeWorkbook(path: string, header: string[], pages: AsyncIterable<Cell[][]>): Promise<number> {
  const { rows, book } = await workbookOf(header, pages, MOST_IN_WORKBOOK, path.replace(/\.part$/, ""));
  await book.toFile(path);
  return rows;
}

/** The table as a workbook. @throws InputError, at `pointer`, when it has more than `most` rows */
export async function workbookOf(
  header: string[],
  pages: AsyncIterable<Cell[][]>,
  most: number,
  pointer: string,
): Promise<{ rows: number; book: ReturnType<typeof writeExcel> }> {
  const rows: Cell[][] = [];
  for await (const page of pages) {
    rows.push(...page);
    if (rows.length > most) throw tooMany(pointer, most);
  }
  const cells = rows.map((row) =>
    row.map((value) =>
      value === null ? null : typeof value === "number" ? { value, type: Number } : { value, type: String },
    ),
  );
  const head = header.map((value) => ({ value, type: String, fontWeight: "bold" as const }));
  const { default: write } = await import("write-excel-file/node");
  return { rows: rows.length, book: write([head, ...cells], { stickyRowsCount: 1 }) };
}

function tooMany(pointer: string, most: number): Error {
  const rows = most.toLocaleString("en");
  return refuse(
    pointer,
    { en: `a workbook takes at most ${rows} rows`, "zh-CN": `工作簿最多 ${rows} 行` },
    { en: "take a CSV file instead", "zh-CN": "请改用 CSV 文件" },
  );
}
