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
const LONG_LINE = /[^\n]{900}/;

/** As it is where every server can carry that, else base64. */
function part(type: string, body: string): string {
  const head = `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: `;
  if (PLAIN.test(body) && !LONG_LINE.test(body)) return `${head}7bit\r\n\r\n${body.replaceAll(/\r?\n/g, "\r\n")}`;
  return `${head}base64\r\n\r\n${Buffer.from(body).toString("base64").replaceAll(/.{76}/g, "$&\r\n")}`;
}

function word(text: string): string {
  return text.replaceAll(/[^\w.-]/g, "-");
}
