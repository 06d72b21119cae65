import { access, constants, stat } from "node:fs/promises";
import { extname } from "node:path";
import { refuse } from "../../../fault.ts";
import { firstBytes } from "./encoding.ts";
import { openNdjson } from "./ndjson.ts";
import type { Table } from "./table.ts";

const ZIP = "504b0304";
const OLD_EXCEL = "d0cf11e0";

/** Opens a file by what it holds, and by its name where that does not tell. */
export async function openTable(file: string): Promise<Table> {
  try {
    await access(file, constants.R_OK);
  } catch {
    throw refuse(file, { en: "the file is not there or cannot be read", "zh-CN": "文件不存在或无法读取" });
  }
  await refuseUnusable(file);
  const head = await firstBytes(file, 64);
  const magic = head.subarray(0, 4).toString("hex");
  // each brings a library that most commands never need
  if (magic === ZIP) return (await import("./xlsx.ts")).openXlsx(file);
  if (magic === OLD_EXCEL) {
    throw refuse(
      file,
      { en: "this is the old .xls format", "zh-CN": "这是旧的 .xls 格式" },
      { en: "save it as .xlsx or CSV", "zh-CN": "请另存为 .xlsx 或 CSV" },
    );
  }
  const start = head
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .trimStart();
  const named = [".ndjson", ".jsonl", ".json"].includes(extname(file).toLowerCase());
  return named || start.startsWith("{") ? openNdjson(file) : (await import("./csv.ts")).openCsv(file);
}

async function refuseUnusable(file: string): Promise<void> {
  const found = await stat(file);
  if (found.isDirectory()) throw refuse(file, { en: "this is a folder, not a file", "zh-CN": "这是文件夹，不是文件" });
  if (!found.isFile()) {
    // it is read twice: for its encoding, then for its lines
    throw refuse(
      file,
      { en: "this is not a file that can be read twice", "zh-CN": "这不是可以重复读取的文件" },
      { en: "save what comes out of the pipe to a file first", "zh-CN": "请先将管道的输出保存为文件" },
    );
  }
  if (found.size === 0) throw refuse(file, { en: "the file is empty", "zh-CN": "文件是空的" });
}
