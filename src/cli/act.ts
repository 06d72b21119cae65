import { basename } from "node:path";
import { userInfo } from "node:os";
import type { Command } from "commander";
import { InputError } from "../fault.ts";
import { type Act, type ActOutcome, audited, type Target } from "../store/audit.ts";
import type { Database } from "../store/database.ts";

/** Commands that change nothing and take nobody's data out; every other leaves its entries in the audit log. */
export const LOOKS = new Set([
  "up",
  "demo",
  "migrate", // before it there may be no log; what ran when is in kysely_migration
  "serve",
  "worker",
  "deliver",
  "doctor",
  "new",
  "validate",
  "data",
  "bench",
  "rules vars",
  "rules schema",
  "segment list",
  "segment count",
  "segment diff",
  "segment explain",
  "campaign plan",
  "campaign try",
  "campaign list",
  "campaign status",
  "campaign report",
  "budget list",
  "task list",
  "complaint list",
  "message list",
  "template preview",
  "event show",
  "event tail",
  "webhook list",
  "subscription list",
  "key list",
  "user list",
  "audit list",
  "audit verify",
  "demo-world generate",
  "demo-world check",
  "demo-world figures",
]);

/** Options whose values say what was done and nothing about anybody; of others only the names are kept. */
const TOLD = new Set([
  "role",
  "name",
  "team",
  "types",
  "days",
  "grace",
  "public",
  "to",
  "outcome",
  "status",
  "dryRun",
  "yes",
  "disable",
  "enable",
]);

let meant: { action: string; target: Target } | undefined;

/** A command is about to run: `action` as it was found, with what was given to it. */
export function mean(action: Command): void {
  const words: string[] = [];
  for (let one: Command | null = action; one?.parent; one = one.parent) words.unshift(one.name());
  meant = LOOKS.has(words.join(" ")) ? undefined : { action: words.join(" "), target: targetOf(action) };
}

/** Does the work of the command that is about to run between its two entries, if it is one to be audited. */
export async function acting<T>(db: Database, work: (note: (more: Target) => void) => Promise<T>): Promise<T> {
  const own = meant;
  // a command may run others
  meant = undefined;
  if (!own) return work(() => undefined);
  const act: Act = { who: userName(), kind: "command", door: "cli", ...own };
  return audited(db, act, work, cameOf);
}

export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "unknown"); // a container's user may have no name
  }
}

function cameOf(failure: unknown): ActOutcome {
  return failure instanceof InputError ? "refused" : "failed";
}

function targetOf(action: Command): Target {
  const given = Object.entries(action.opts<Record<string, unknown>>()).filter(
    ([name]) => action.getOptionValueSource(name) !== "default",
  );
  const told = given.filter(([name]) => TOLD.has(name));
  const others = given.map(([name]) => name).filter((name) => !TOLD.has(name));
  const words = (action.processedArgs as unknown[]).flat().filter((word) => typeof word === "string");
  return {
    ...(words.length > 0 && { arguments: words.map(bare) }),
    ...Object.fromEntries(told.map(([name, value]) => [name, plain(value)])),
    ...(others.length > 0 && { options: others }),
  };
}

/** Of an address only the host, of a path only the file's name: the rest may be secret. */
function bare(word: string): string {
  if (URL.canParse(word) && word.includes("//")) return new URL(word).origin;
  return basename(word).slice(0, 200);
}

function plain(value: unknown): string | number | boolean | string[] {
  if (typeof value === "number" || typeof value === "boolean") return value;
  return Array.isArray(value) ? value.map(String) : String(value);
}
