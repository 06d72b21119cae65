import { type InputError, refuse } from "../../../fault.ts";
import type { Trouble } from "../../../intake/value/trouble.ts";

/** A line of a file. Cells are text, except in NDJSON, where they are JSON values; an absent cell is undefined. */
export interface Row {
  /** as an editor or a spreadsheet numbers it */
  line: number;
  cells: unknown[];
  /** why the line as a whole cannot be read */
  trouble?: Trouble;
}

/** A file as rows, read from start to end in small batches, whatever its size. */
export interface Table {
  format: "csv" | "ndjson" | "xlsx";
  encoding?: string;
  delimiter?: string;
  sheet?: string;
  /** the names of cells when rows do not hold them (NDJSON); grows while reading */
  keys?: string[];
  rows: AsyncGenerator<Row[]>;
  /** share of the file that has been read, 0 to 1 */
  done(): number;
}

export const BATCH = 1000;

/** Columns that a file may have, keys that its objects may have together: of each line all of them are asked for. */
export const MOST_COLUMNS = 1_000;

export function tooManyColumns(): InputError {
  const most = MOST_COLUMNS.toLocaleString("en");
  return refuse(
    "line 1",
    { en: `the file has more than ${most} columns`, "zh-CN": `文件超过 ${most} 列` },
    { en: "import those that are needed", "zh-CN": "请只导入需要的列" },
  );
}
