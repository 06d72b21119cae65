import { pipeline, Readable } from "node:stream";
import { stat } from "node:fs/promises";
import { CsvError, parse } from "csv-parse";
import { refuse } from "../../../fault.ts";
import { trouble } from "../../../intake/value/trouble.ts";
import { decoded, detectEncoding } from "./encoding.ts";
import { BATCH, type Row, type Table } from "./table.ts";

const DELIMITERS = ["\t", ";", ","];
/** A quote that is never closed would otherwise swallow the rest of the file into memory. */
const LONGEST_RECORD = 1 << 20;

export async function openCsv(file: string): Promise<Table> {
  const encoding = await detectEncoding(file);
  const { size } = await stat(file);
  let bytes = 0;
  const text = decoded(file, encoding, (read) => (bytes = read));
  const first = await text.next();
  const head = first.done ? "" : first.value;
  const told = /^sep=(.)\r?\n/.exec(head);
  const delimiter = told?.[1] ?? guessDelimiter(head);
  async function* all() {
    yield told ? head.slice(told[0].length) : head;
    yield* text;
  }
  return {
    format: "csv",
    encoding,
    delimiter,
    rows: records(file, all(), delimiter, told ? 1 : 0),
    done: () => (size === 0 ? 1 : bytes / size),
  };
}

/** The mark that stands most often, outside quotes, in the first line that has any. */
export function guessDelimiter(text: string): string {
  for (const line of text.split("\n", 10)) {
    const bare = line.replace(/"[^"]*"/g, "");
    const counts = DELIMITERS.map((mark) => ({ mark, count: bare.split(mark).length - 1 }));
    const best = counts.reduce((a, b) => (b.count > a.count ? b : a));
    if (best.count > 0) return best.mark;
  }
  return ",";
}

async function* records(
  file: string,
  text: AsyncGenerator<string>,
  delimiter: string,
  skipped: number,
): AsyncGenerator<Row[]> {
  const parser = parse({
    delimiter,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_RECORD,
  });
  // errors surface in the loop below, since the pipeline destroys the parser with them
  pipeline(Readable.from(text), parser, () => undefined);
  let width = 0;
  let batch: Row[] = [];
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      const row: Row = { line: info.lines + skipped, cells: record };
      if (record.length === 1 && record[0]!.trim() === "") continue;
      width = Math.max(width, record.length);
      batch.push(row);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
  } catch (error) {
    throw error instanceof CsvError ? unreadable(file, error) : error;
  }
  if (batch.length > 0) yield batch;
}

function unreadable(file: string, error: CsvError): Error {
  const line = Number((error as { lines?: number }).lines ?? 0);
  return refuse(
    `line ${line}`,
    { en: `${file}: a quotation mark is opened and never closed`, "zh-CN": `${file}：引号没有成对` },
    { en: 'write "" for a quotation mark inside a quoted cell', "zh-CN": '带引号的单元格中，引号本身请写成 ""' },
  );
}

/** A line that has more or fewer cells than the header cannot be trusted: its cells may stand under wrong names. */
export function checkWidth(row: Row, width: number): void {
  while (row.cells.length > width && row.cells.at(-1) === "") row.cells.pop();
  if (row.cells.length === width || row.trouble) return;
  row.trouble = trouble(
    `the line has ${row.cells.length} cells, the header ${width}`,
    `该行有 ${row.cells.length} 格，表头有 ${width} 格`,
    {
      en: "put cells that hold the delimiter or a line break in quotation marks",
      "zh-CN": "含分隔符或换行的单元格请用引号括起来",
    },
  );
}
