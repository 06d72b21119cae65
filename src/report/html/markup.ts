/** HTML or SVG that is safe to write as it is. */
export interface Markup {
  markup: string;
}

export type Part = string | number | Markup | undefined | false | readonly Part[];

/** Template tag: what is put in is escaped, unless it is markup itself. */
export function markup(texts: TemplateStringsArray, ...parts: Part[]): Markup {
  return { markup: texts.reduce((whole, text, i) => whole + write(parts[i - 1]) + text) };
}

function write(part: Part): string {
  if (part === undefined || part === false) return "";
  if (typeof part === "string") return escape(part);
  if (typeof part === "number") return String(part);
  return "markup" in part ? part.markup : part.map(write).join("");
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Control characters and lone surrogates are dropped, so that the page stays well-formed. */
function escape(text: string): string {
  return text
    .replace(/(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff]/gu, "")
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
