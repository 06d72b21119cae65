import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import writeExcel from "write-excel-file/node";
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
  const lines = async function* () {
    // the mark lets spreadsheets read it as UTF-8
    yield `\uFEFF${line(header)}`;
    for await (const rows of pages) {
      written += rows.length;
      yield rows.map(line).join("");
    }
  };
  await pipeline(Readable.from(lines()), createWriteStream(path));
  return written;
}

function line(cells: Cell[]): string {
  return `${cells.map(quoted).join(",")}\r\n`;
}

/** What people wrote must not become a formula of whoever opens the file. */
function quoted(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function writeWorkbook(path: string, header: string[], pages: AsyncIterable<Cell[][]>): Promise<number> {
  const rows: Cell[][] = [];
  for await (const page of pages) {
    rows.push(...page);
    if (rows.length > MOST_IN_WORKBOOK) throw tooMany(path);
  }
  const cells = rows.map((row) =>
    row.map((value) =>
      value === null ? null : typeof value === "number" ? { value, type: Number } : { value, type: String },
    ),
  );
  const head = header.map((value) => ({ value, type: String, fontWeight: "bold" as const }));
  await writeExcel([head, ...cells], { stickyRowsCount: 1 }).toFile(path);
  return rows.length;
}

function tooMany(path: string): Error {
  const most = MOST_IN_WORKBOOK.toLocaleString("en");
  return refuse(
    path.replace(/\.part$/, ""),
    { en: `a workbook takes at most ${most} rows`, "zh-CN": `工作簿最多 ${most} 行` },
    { en: "write a CSV file: --csv FILE", "zh-CN": "请改用 --csv FILE" },
  );
}
