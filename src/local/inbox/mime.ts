import iconv from "iconv-lite";
import libmime from "libmime";
import { decode as decodeQuotedPrintable } from "libqp";

/** The parts of a mail that people and tests look at. */
export interface Mail {
  /** by lower-case name, unfolded, as sent; of several with one name the first */
  headers: Map<string, string>;
  html?: string;
  text?: string;
}

const MAX_DEPTH = 5;
const UTF_8 = /^(utf-?8|us-ascii)$/i;

export function parseMail(raw: Buffer): Mail {
  const { headers, body } = splitHeaders(raw);
  const mail: Mail = { headers };
  collect(headers, body, mail, 0);
  return mail;
}

export function headersOf(raw: Buffer): Map<string, string> {
  return splitHeaders(raw).headers;
}

/** Header text with encoded words put back to characters. */
export function readable(value: string | undefined): string {
  return libmime.decodeWords(value ?? "");
}

/** Every address that the HTML part's links lead to, in order. */
export function linksOf(html: string | undefined): string[] {
  const found = (html ?? "").matchAll(/\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi);
  return [...found].map(([, double, single]) => (double ?? single ?? "").replace(/&(amp|#38|#x26);/gi, "&"));
}

function collect(headers: Map<string, string>, body: Buffer, mail: Mail, depth: number): void {
  const { value, params } = libmime.parseHeaderValue(headers.get("content-type") ?? "text/plain");
  const type = value.toLowerCase();
  if (type.startsWith("multipart/") && params.boundary !== undefined && depth < MAX_DEPTH) {
    for (const part of splitParts(body, String(params.boundary))) {
      const inner = splitHeaders(part);
      collect(inner.headers, inner.body, mail, depth + 1);
    }
    return;
  }
  const key = type === "text/html" ? "html" : type === "text/plain" ? "text" : undefined;
  if (key === undefined || mail[key] !== undefined) return;
  const charset = String(params.charset ?? "utf-8");
  const bytes = decodeTransfer(headers, body);
  // nearly all mail is UTF-8, and Buffer reads that several times faster
  mail[key] =
    UTF_8.test(charset) || !iconv.encodingExists(charset) ? bytes.toString("utf8") : iconv.decode(bytes, charset);
}

function decodeTransfer(headers: Map<string, string>, body: Buffer): Buffer {
  const encoding = (headers.get("content-transfer-encoding") ?? "").trim().toLowerCase();
  if (encoding === "quoted-printable") return decodeQuotedPrintable(body);
  if (encoding === "base64") return Buffer.from(body.toString("latin1"), "base64");
  return body;
}

function splitHeaders(raw: Buffer): { headers: Map<string, string>; body: Buffer } {
  const crlf = raw.indexOf("\r\n\r\n");
  const lf = (crlf < 0 ? raw : raw.subarray(0, crlf)).indexOf("\n\n");
  const end = crlf >= 0 && (lf < 0 || crlf < lf) ? crlf : lf;
  const gap = end === crlf ? 4 : 2;
  const head = end < 0 ? raw : raw.subarray(0, end);
  const headers = new Map<string, string>();
  for (const line of head
    .toString("utf8")
    .replace(/\r?\n[ \t]+/g, " ")
    .split(/\r?\n/)) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).trim().toLowerCase();
    if (colon > 0 && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return { headers, body: end < 0 ? Buffer.alloc(0) : raw.subarray(end + gap) };
}

function splitParts(body: Buffer, boundary: string): Buffer[] {
  const mark = Buffer.from(`--${boundary}`);
  const parts: Buffer[] = [];
  let from = body.indexOf(mark);
  while (from >= 0) {
    const start = body.indexOf("\n", from) + 1;
    const next = body.indexOf(mark, from + mark.length);
    if (start === 0 || next < 0) break;
    parts.push(body.subarray(start, next));
    from = next;
  }
  return parts;
}
