import addressparser from "nodemailer/lib/addressparser";
import * as mime from "nodemailer/lib/mime-funcs";
import type { OutgoingMessage } from "./channel.ts";

export interface Sender {
  /** as in the From header */
  header: string;
  address: string;
}

/** @throws Error when `from` ("Name <address>") has no address */
export function parseSender(from: string): Sender {
  const [first] = addressparser(from, { flatten: true });
  if (!first?.address?.includes("@")) throw new Error(`MAIL_FROM has no address: ${from}`);
  const name = mime.encodeWords(first.name ?? "", "B", 52);
  const quoted = name === first.name ? `"${name.replaceAll(/["\\]/g, "")}" ` : `${name} `;
  return { header: `${first.name ? quoted : ""}<${first.address}>`, address: first.address };
}

/**
 * The whole mail as bytes. Written by hand because composing is most of what a mail costs, and ours always has the
 * same shape: a text part and an HTML part, no attachments.
 */
export function composeMail(message: OutgoingMessage, from: Sender, to: { to: string; diverted: boolean }): Buffer {
  const boundary = `=_${message.id}`;
  const headers = [
    `From: ${from.header}`,
    `To: <${to.to}>`,
    mime.foldLines(`Subject: ${mime.encodeWords(message.subject, "B", 52)}`, 76),
    `Message-ID: <${message.id}@rekindle>`,
    `Date: ${message.date.toUTCString().replace("GMT", "+0000")}`,
    "MIME-Version: 1.0",
    `Content-Language: ${message.locale}`,
    `Feedback-ID: ${word(message.step)}:${word(message.run)}:${message.kind}:rekindle`,
  ];
  if (message.kind === "promotion") headers.push("Precedence: bulk");
  if (message.unsubscribe !== undefined) {
    // RFC 2369 and RFC 8058: the mailbox can unsubscribe with one POST
    headers.push(`List-Unsubscribe: <${message.unsubscribe}>`, "List-Unsubscribe-Post: List-Unsubscribe=One-Click");
  }
  if (to.diverted) headers.push("X-Rekindle-Diverted: yes");
  headers.push(`Content-Type: multipart/alternative; boundary="${boundary}"`);
  return Buffer.from(
    `${headers.join("\r\n")}\r\n\r\n` +
      `--${boundary}\r\n${part("text/plain", message.text)}\r\n` +
      `--${boundary}\r\n${part("text/html", message.html)}\r\n--${boundary}--\r\n`,
  );
}

const PLAIN = /^[\t\n\r\x20-\x7e]*$/;
const LONGEST_LINE = 900;

/** As it is where every server can carry that, else base64. */
function part(type: string, body: string): string {
  const head = `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: `;
  if (PLAIN.test(body) && !hasLongLine(body)) return `${head}7bit\r\n\r\n${body.replaceAll(/\r?\n/g, "\r\n")}`;
  return `${head}base64\r\n\r\n${base64Lines(Buffer.from(body))}`;
}

function hasLongLine(body: string): boolean {
  for (let start = 0, end: number; start < body.length; start = end + 1) {
    end = body.indexOf("\n", start);
    if (end < 0) end = body.length;
    if (end - start > LONGEST_LINE) return true;
  }
  return false;
}

/** Lines of 76 characters. Written into one buffer: a regular expression over it was a third of what a mail cost. */
function base64Lines(bytes: Buffer): string {
  const flat = Buffer.from(bytes.toString("base64"), "latin1");
  const lines = Buffer.allocUnsafe(flat.length + 2 * Math.floor(flat.length / 76));
  let to = 0;
  for (let from = 0; from < flat.length; from += 76) {
    to += flat.copy(lines, to, from, from + 76);
    if (from + 76 <= flat.length) {
      lines[to++] = 13;
      lines[to++] = 10;
    }
  }
  return lines.toString("latin1", 0, to);
}

function word(text: string): string {
  return text.replaceAll(/[^\w.-]/g, "-");
}
