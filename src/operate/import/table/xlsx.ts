import { posix } from "node:path";
import { InputError, refuse } from "../../../fault.ts";
import type { Row, Table } from "./table.ts";
import { readSheet } from "./workbook/sheet.ts";
import { readStrings } from "./workbook/strings.ts";
import { readDateStyles } from "./workbook/styles.ts";
import { openParts, type Parts, readWhole, SMALL_PART } from "./workbook/zip.ts";

/** Bytes; a sheet of a million rows and fifty columns. It is read as a stream. */
const MOST_IN_SHEET = 4 * 1024 ** 3;

/** The first visible sheet of a workbook. Its rows are read as a stream; only the distinct texts are kept in memory. */
export async function openXlsx(file: string): Promise<Table> {
  const parts = await openParts(file).catch(() => undefined);
  const sheet = parts && (await firstSheet(parts).catch(() => undefined));
  if (!parts || !sheet) {
    parts?.close();
    throw unreadable(file);
  }
  let bytes = 0;
  async function* rows(): AsyncGenerator<Row[]> {
    try {
      const lookups = {
        strings: await readStrings(parts!),
        dateStyles: await readDateStyles(parts!),
        since1904: sheet!.since1904,
      };
      yield* readSheet(
        parts!.read(sheet!.part, MOST_IN_SHEET, (read) => (bytes = read)),
        lookups,
      );
    } catch (failure) {
      // what the zip or its XML does not hold is the file's fault, a slip of ours is not
      const ours = failure instanceof TypeError || failure instanceof RangeError || failure instanceof InputError;
      throw ours ? failure : unreadable(file);
    } finally {
      parts!.close();
    }
  }
  return { format: "xlsx", sheet: sheet.name, rows: rows(), done: () => bytes / Math.max(1, parts.size(sheet.part)) };
}

function unreadable(file: string): InputError {
  return refuse(
    file,
    { en: "not a workbook that can be read", "zh-CN": "不是可读取的工作簿" },
    { en: "save it as .xlsx or CSV", "zh-CN": "请另存为 .xlsx 或 CSV" },
  );
}

interface Sheet {
  name: string;
  part: string;
  since1904: boolean;
}

async function firstSheet(parts: Parts): Promise<Sheet | undefined> {
  const [workbook, relations] = ["xl/workbook.xml", "xl/_rels/workbook.xml.rels"];
  if (!parts.has(workbook) || !parts.has(relations)) return undefined;
  const sheets: { name: string; relation: string }[] = [];
  let since1904 = false;
  await readWhole(parts.read(workbook, SMALL_PART), {
    open({ attributes }, name) {
      if (name === "workbookPr") since1904 = ["1", "true"].includes(attributes["date1904"] ?? "");
      const visible = (attributes["state"] ?? "visible") === "visible";
      if (name === "sheet" && visible)
        sheets.push({ name: attributes["name"] ?? "", relation: relationOf(attributes) });
    },
  });
  const targets = new Map<string, string>();
  await readWhole(parts.read(relations, SMALL_PART), {
    open({ attributes }, name) {
      if (name === "Relationship") targets.set(attributes["Id"] ?? "", attributes["Target"] ?? "");
    },
  });
  const first = sheets[0];
  const target = first && targets.get(first.relation);
  if (!first || !target) return undefined;
  const part = target.startsWith("/") ? target.slice(1) : posix.join("xl", target);
  return parts.has(part) ? { name: first.name, part, since1904 } : undefined;
}

/** r:id, under whatever prefix the file gives that namespace */
function relationOf(attributes: Record<string, string>): string {
  return Object.entries(attributes).find(([key]) => key.endsWith(":id"))?.[1] ?? "";
}
