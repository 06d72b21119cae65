import { type Logger, pino } from "pino";
import type { Config } from "../config.ts";
import { plainLine } from "./plain.ts";

export type Log = Logger;

export type LogOptions = Pick<Config, "logLevel" | "logFormat"> & {
  /** takes lines instead of standard error */
  write?: (line: string) => void;
};

/** Fields that hold secrets or people wherever they come from; values of ours are chosen, these are for those that were not. */
const REDACTED = ["authorization", "cookie", "password", "token", "key", "secret", "email", "phone", "name", "subject"];
const PLACES = REDACTED.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

/**
 * The log of a process that runs long: one JSON object a line on standard error, or plain text on a terminal.
 * Fields say ids, codes and names of our own; whatever else gets in by mistake is blanked before it is written.
 */
export function openLog(name: string, { logLevel, logFormat, write = toStandardError }: LogOptions): Log {
  return pino(
    {
      base: { process: name, pid: process.pid },
      level: logLevel,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: PLACES, censor: "[redacted]" },
    },
    { write: (line) => write(scrub(logFormat === "plain" ? plainLine(line) : line)) },
  );
}

/** What may be said of an error: its text may quote data, its name, code and place do not. */
export function faultFields(error: unknown): { error: string; code?: string; at?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  const { code } = error as { code?: unknown };
  const at = error.stack?.match(/\n\s+at .*/)?.[0].trim();
  return { error: error.name, ...(typeof code === "string" && { code }), ...(at !== undefined && { at }) };
}

const SECRETS: [RegExp, string][] = [
  [/\b([rpsk]k_)[\w-]{8,}/g, "$1[redacted]"],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, "$1 [redacted]"],
  [/\/l\/[\w.~%-]+/g, "/l/[redacted]"],
  [/:\/\/[^\s/"@]*@/g, "://[redacted]@"],
  [/[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu, "[redacted]"],
];

/** Keys, links, mail addresses and passwords of URLs, however they came into a line. */
function scrub(line: string): string {
  return SECRETS.reduce((text, [pattern, put]) => text.replace(pattern, put), line);
}

function toStandardError(line: string): void {
  process.stderr.write(line);
}
