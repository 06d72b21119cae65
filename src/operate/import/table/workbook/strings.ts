import { LONGEST_TEXT, type Parts, readWhole, tooLarge } from "./zip.ts";

/** Bytes that the list may unpack to. */
const MOST_BYTES = 1 << 30;
/** Of what stays in memory: characters, each text counted as some more. */
const MOST_KEPT = 1 << 27;
const EACH = 16;

/** The texts that cells refer to by number; readings (phonetic runs) are left out. */
export async function readStrings(parts: Parts): Promise<string[]> {
  const name = "xl/sharedStrings.xml";
  const strings: string[] = [];
  if (!parts.has(name)) return strings;
  let kept = 0;
  let current = "";
  let text = false;
  let reading = false;
  await readWhole(parts.read(name, MOST_BYTES), {
    open(_, name) {
      if (name === "si") current = "";
      if (name === "rPh") reading = true;
      if (name === "t") text = !reading;
    },
    text(part) {
      if (!text) return;
      current += part;
      if (current.length > LONGEST_TEXT) throw tooLarge();
    },
    close(name) {
      if (name === "t") text = false;
      if (name === "rPh") reading = false;
      if (name !== "si") return;
      kept += current.length + EACH;
      if (kept > MOST_KEPT) throw tooLarge();
      strings.push(unescaped(current));
    },
  });
  return strings;
}

/** "_x000D_" is how a workbook writes characters that XML does not have. */
export function unescaped(text: string): string {
  return text.includes("_x")
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;
}
