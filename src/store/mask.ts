import type { ContactKind } from "./contact.ts";

/** What is left of a name or address for those who need not know it: 王**, 138****1234, l***@example.com. */
export function masked(kind: ContactKind, value: string): string {
  switch (kind) {
    case "name":
      return maskedName(value);
    case "email":
      return maskedEmail(value);
    case "phone":
      return maskedPhone(value);
    case "wecom":
      return `${first(value, 1)}***`;
  }
}

/** The first character: of a Chinese name the family name, else an initial. */
function maskedName(name: string): string {
  const trimmed = name.trim();
  return trimmed === "" ? "" : `${first(trimmed, 1)}**`;
}

/** Whatever stands before the last "@" but its first character; without one, all of it. */
function maskedEmail(value: string): string {
  const at = value.lastIndexOf("@");
  return at < 1 ? "***" : `${first(value.slice(0, at), at > 1 ? 1 : 0)}***${value.slice(at)}`;
}

/** Three digits, or a foreign number's country, and the last four, as long as at least four are hidden. */
function maskedPhone(value: string): string {
  const digits = value.replace(/\D/g, "").length;
  const shown = digits >= 11 ? [3, 4] : digits >= 7 ? [0, 3] : [0, 0];
  return `${value.slice(0, shown[0])}****${value.slice(value.length - shown[1]!)}`;
}

const CHARACTERS = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** By characters as people see them; no further than they are asked for. */
function first(text: string, count: number): string {
  let taken = "";
  for (const { segment } of CHARACTERS.segment(text)) {
    if (count-- <= 0) break;
    taken += segment;
  }
  return taken;
}
