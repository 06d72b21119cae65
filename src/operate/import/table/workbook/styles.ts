import { type Parts, readWhole, SMALL_PART } from "./zip.ts";

/** ECMA-376, part 1, section 18.8.30: formats that show a date, among them those of East Asian versions. */
const BUILT_IN: [from: number, to: number][] = [
  [14, 17],
  [22, 22],
  [27, 36],
  [50, 58],
];
const DATE_PARTS = /[ymd年月日]/i;

/** For each cell style whether it shows its number as a date. */
export async function readDateStyles(parts: Parts): Promise<boolean[]> {
  const name = "xl/styles.xml";
  if (!parts.has(name)) return [];
  const custom = new Map<number, boolean>();
  const styles: boolean[] = [];
  let inside = false;
  await readWhole(parts.read(name, SMALL_PART), {
    open(tag, name) {
      if (name === "numFmt")
        custom.set(Number(tag.attributes["numFmtId"]), showsDate(tag.attributes["formatCode"] ?? ""));
      if (name === "cellXfs") inside = true;
      if (name === "xf" && inside) {
        const id = Number(tag.attributes["numFmtId"] ?? 0);
        styles.push(custom.get(id) ?? BUILT_IN.some(([from, to]) => id >= from && id <= to));
      }
    },
    close(name) {
      if (name === "cellXfs") inside = false;
    },
  });
  return styles;
}

function showsDate(format: string): boolean {
  // quoted text, escaped characters, colours and conditions say nothing about dates
  return DATE_PARTS.test(format.replace(/"[^"]*"|\\.|\[[^\]]*\]/g, ""));
}

/** A spreadsheet's day number as "YYYY-MM-DD HH:MM:SS". */
export function serialToText(serial: number, since1904: boolean): string {
  const seconds = Math.round((serial + (since1904 ? 1462 : 0)) * 86_400);
  const text = new Date(Date.UTC(1899, 11, 30) + seconds * 1000).toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text.slice(0, 19).replace("T", " ");
}
