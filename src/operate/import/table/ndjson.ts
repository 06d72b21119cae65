import { stat } from "node:fs/promises";
import { refuse } from "../../../fault.ts";
import { trouble } from "../../../intake/value/trouble.ts";
import { decoded, detectEncoding } from "./encoding.ts";
import { BATCH, MOST_COLUMNS, type Row, type Table, tooManyColumns } from "./table.ts";

const LONGEST_LINE = 10 << 20;

export async function openNdjson(file: string): Promise<Table> {
  const encoding = await detectEncoding(file);
  const { size } = await stat(file);
  let bytes = 0;
  const keys: string[] = [];
  const rows = objects(
    file,
    decoded(file, encoding, (read) => (bytes = read)),
    keys,
  );
  return { format: "ndjson", encoding, keys, rows, done: () => (size === 0 ? 1 : bytes / size) };
}

async function* objects(file: string, text: AsyncGenerator<string>, keys: string[]): AsyncGenerator<Row[]> {
  const places = new Map<string, number>();
  let line = 0;
  let batch: Row[] = [];
  for await (const written of lines(file, text)) {
    line++;
    if (written.trim() === "") continue;
    batch.push(toRow(written, line, keys, places));
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function* lines(file: string, text: AsyncGenerator<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of text) {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop()!;
    if (rest.length > LONGEST_LINE) throw notLines(file);
    yield* parts;
  }
  yield rest;
}

function toRow(written: string, line: number, keys: string[], places: Map<string, number>): Row {
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch {
    return {
      line,
      cells: [],
      trouble: trouble("not JSON", "不是 JSON", { en: "one JSON object per line", "zh-CN": "每行一个 JSON 对象" }),
    };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return {
      line,
      cells: [],
      trouble: trouble("not a JSON object", "不是 JSON 对象", {
        en: "one JSON object per line",
        "zh-CN": "每行一个 JSON 对象",
      }),
    };
  }
  const cells: unknown[] = [];
  for (const [key, cell] of Object.entries(value)) {
    let place = places.get(key);
    if (place === undefined) {
      place = keys.push(key) - 1;
      places.set(key, place);
      if (keys.length > MOST_COLUMNS) throw tooManyColumns();
    }
    cells[place] = cell;
  }
  return { line, cells };
}

function notLines(file: string): Error {
  return refuse(
    "line 1",
    { en: `${file}: a line is longer than 10 MB`, "zh-CN": `${file}：有一行超过 10 MB` },
    { en: "write one JSON object per line, not one array", "zh-CN": "请每行写一个 JSON 对象，而不是一个数组" },
  );
}
