import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { InputError } from "../../../src/fault.ts";
import { openTable } from "../../../src/operate/import/table/open.ts";
import type { Row } from "../../../src/operate/import/table/table.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "workbook-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A zip file whose parts are stored as they are. */
function zip(parts: Record<string, string>): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(parts)) {
    const [path, data] = [Buffer.from(name), Buffer.from(text)];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(path.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    files.push(Buffer.from("PK\u0003\u0004"), common, path, data);
    directory.push(Buffer.from("PK\u0001\u0002\u0014\u0000"), common, place, path);
    offset += 30 + path.length + data.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(Object.keys(parts).length, 4);
  end.writeUInt16LE(Object.keys(parts).length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...files, central, Buffer.from("PK\u0005\u0006"), end]);
}

interface Book {
  sheet: string;
  strings?: string;
  styles?: string;
  workbookPr?: string;
}
function workbook({ sheet, strings = "", styles = "", workbookPr = "" }: Book): Buffer {
  return zip({
    "xl/workbook.xml": `<x:workbook xmlns:x="m" xmlns:r="r">${workbookPr}<x:sheets><x:sheet name="notes" state="hidden" r:id="r1"/><x:sheet name="订单" r:id="r2"/></x:sheets></x:workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Target="worksheets/notes.xml"/><Relationship Id="r2" Target="/xl/worksheets/two.xml"/></Relationships>`,
    "xl/worksheets/notes.xml": `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>`,
    "xl/worksheets/two.xml": `<worksheet><sheetData>${sheet}</sheetData></worksheet>`,
    "xl/sharedStrings.xml": `<sst>${strings}</sst>`,
    "xl/styles.xml": `<styleSheet>${styles}</styleSheet>`,
  });
}
async function read(content: Buffer) {
  const path = join(folder, "book.xlsx");
  await writeFile(path, content);
  const table = await openTable(path);
  const rows: Row[] = [];
  for await (const batch of table.rows) rows.push(...batch);
  return { sheet: table.sheet, rows };
}

test("the first sheet that can be seen is read, with its own line numbers and gaps", async () => {
  const found = await read(
    workbook({
      strings: `<si><t>订单号</t></si><si><r><t>金</t></r><r><t xml:space="preserve">额 </t></r><rPh><t>きん</t></rPh></si>`,
      sheet: `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row><row r="2"/><row r="5"><c r="A5" t="inlineStr"><is><t>a_x000D_&amp;b</t></is></c><c r="AA5" t="b"><v>1</v></c></row>`,
    }),
  );
  expect(found.sheet).toBe("订单");
  expect(found.rows.map(({ line }) => line)).toEqual([1, 5]);
  expect(found.rows[0]!.cells).toEqual(["订单号", undefined, "金额 "]);
  expect([found.rows[1]!.cells[0], found.rows[1]!.cells[26]]).toEqual(["a\r&b", "true"]);
});

test("numbers are what the sheet shows: long ones whole, without binary noise, dates by their style", async () => {
  const styles = `<numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/><numFmt numFmtId="165" formatCode="[Red]0.0&quot; day&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs>`;
  const cells = ["1.3812345678E10", "1234.4999999999998", "0.30000000000000004", "1E-3"]
    .map((value) => `<c><v>${value}</v></c>`)
    .join("");
  const dated = [1, 2, 3].map((style) => `<c s="${style}"><v>45383.5</v></c>`).join("");
  const found = await read(workbook({ styles, sheet: `<row>${cells}${dated}</row>` }));
  expect(found.rows[0]!.cells).toEqual([
    "13812345678",
    "1234.5",
    "0.3",
    "0.001",
    "2024-04-01 12:00:00",
    "2024-04-01 12:00:00",
    "45383.5",
  ]);
  const since1904 = await read(
    workbook({ styles, workbookPr: `<x:workbookPr date1904="1"/>`, sheet: `<row><c s="1"><v>43921</v></c></row>` }),
  );
  expect(since1904.rows[0]!.cells).toEqual(["2024-04-01"]);
});

test("what only looks like a workbook is refused, and the old format is named", async () => {
  await expect(read(zip({ "readme.txt": "hello" }))).rejects.toThrow(InputError);
  await expect(read(Buffer.from("PK\u0003\u0004 broken"))).rejects.toThrow(InputError);
  await expect(read(Buffer.from("d0cf11e0a1b11ae1", "hex"))).rejects.toThrow("old .xls");
});

test("what unpacks to more than any sheet holds is refused before it fills the memory", async () => {
  const long = "a".repeat(3 << 20);
  const bombs = [
    { sheet: `<row><c t="str"><v>${long}</v></c></row>` },
    { sheet: `<row><c t="inlineStr"><is>${`<t>${"a".repeat(1 << 19)}</t>`.repeat(3)}</is></c></row>` },
    { sheet: `<row ${"a".repeat(3 << 20)}="1"/>` },
    { sheet: "<a>".repeat(200) + "</a>".repeat(200) },
    { sheet: `<row><c r="ABCDEFG1"><v>1</v></c></row>` },
    { sheet: "", strings: "<si/>".repeat((1 << 27) / 16 + 1) },
    { sheet: "", styles: `<cellXfs>${"<xf/>".repeat((1 << 24) / 5)}</cellXfs>` },
  ];
  for (const book of bombs) await expect(read(workbook(book))).rejects.toThrow("more than can be read");
});
