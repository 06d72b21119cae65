import { Readable } from "node:stream";
import SMTPPool from "nodemailer/lib/smtp-pool";
import type { Channel, OutgoingMessage, SendResult } from "./channel.ts";
import { composeMail, parseSender } from "./mime.ts";
import { recipientFor } from "./recipient.ts";

export interface EmailOptions {
  /** smtp://user:password@host:port; `?maxConnections=` and other options of Nodemailer's pool */
  url: string;
  /** "Name <address>" */
  from: string;
  safeRecipients: string[];
}

/** @throws Error when `from` has no address */
export function emailChannel(options: EmailOptions): Channel {
  const sender = parseSender(options.from);
  const pool = new SMTPPool({
    url: options.url,
    maxConnections: 20,
    maxMessages: 1_000,
    maxRequeues: 2, // only of messages of which not a byte was sent
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 60_000,
  });
  pool.on("error", () => undefined); // each message hears of it as well

  return {
    name: "email",
    async send(message) {
      const recipient = recipientFor(message.to, options.safeRecipients);
      if (!recipient) return { result: "rejected", response: "not an address that may be written to" };
      const raw = composeMail(message, sender, recipient);
      const sent = await deliver(pool, message, { from: sender.address, to: [recipient.to] }, raw);
      // the address to which mail is diverted says nothing about the customer's
      return recipient.diverted ? { ...sent, bounced: false } : sent;
    },
    async close() {
      pool.close();
    },
  };
}

/** A server that trickles must not hold a message for ever; shorter than the lease of what is being sent. */
const DEADLINE_MS = 90_000;

interface SmtpError extends Error {
  code?: string;
  command?: string;
  responseCode?: number;
  response?: string;
}

function deliver(
  pool: SMTPPool,
  message: OutgoingMessage,
  envelope: { from: string; to: string[] },
  raw: Buffer,
): Promise<SendResult> {
  // the pool reads from it only once the server has said "go on" to DATA: from then on a lost connection is a riddle
  let body: Readable | undefined;
  const mail = {
    data: { signal: AbortSignal.timeout(DEADLINE_MS) },
    message: {
      getEnvelope: () => ({ ...envelope }),
      messageId: () => message.id,
      getHeader: () => message.id,
      createReadStream: () => (body = once(raw)),
    },
  };
  return new Promise((resolve) => {
    // it asks of its mail only the four functions above; the rest of the type is for composing, which is done
    pool.send(mail as unknown as Parameters<SMTPPool["send"]>[0], (error, info) => {
      if (!error) resolve({ result: "accepted", response: String(info?.response ?? "").slice(0, 200) });
      else resolve(meaningOf(error, body?.readableDidRead === true));
    });
  });
}

function once(bytes: Buffer): Readable {
  return new Readable({
    read() {
      this.push(bytes);
      this.push(null);
    },
  });
}

/** What an SMTP failure says about the message. */
function meaningOf(error: SmtpError, started: boolean): SendResult {
  const { responseCode } = error;
  // a server's text may quote the address, so of its answer only the codes are kept
  const response = [
    error.code,
    error.command,
    responseCode,
    /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(error.response ?? "")?.[0],
  ]
    .filter(Boolean)
    .join(" ");
  if (responseCode === undefined && started) return { result: "unknown", response };
  // a refused sender or login concerns every message, not this one
  const ofMessage = (error.code === "EENVELOPE" || error.code === "EMESSAGE") && error.command !== "MAIL FROM";
  if (!ofMessage) return { result: "temporary", response, down: true };
  const permanent = responseCode === undefined || (responseCode >= 500 && responseCode !== 503);
  if (!permanent) return { result: "temporary", response };
  return { result: "rejected", response, ...(isBounce(error) && { bounced: true }) };
}

/**
 * Mailbox unknown (550), moved (551), not a mailbox name (553), said of the recipient. Servers refuse for other reasons
 * with 550 too, but then mostly say so by an enhanced code (RFC 3463) outside of "bad address" (5.1) and "disabled" (5.2.1).
 */
function isBounce({ command, responseCode, response = "" }: SmtpError): boolean {
  if (command !== "RCPT TO" || ![550, 551, 553].includes(responseCode ?? 0)) return false;
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1];
  return enhanced === undefined || enhanced.startsWith("5.1.") || enhanced === "5.2.1";
}
