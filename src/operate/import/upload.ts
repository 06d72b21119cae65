import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import type { Readable } from "node:stream";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Text } from "../../campaign/program.ts";
import { type Fault, InputError } from "../../fault.ts";
import { now } from "../../store/clock.ts";
import type { Database, DatabaseOptions } from "../../store/database.ts";
import { insertUpload } from "../../store/import-upload.ts";
import type { Rejected } from "./convert.ts";
import type { Home } from "./home.ts";
import type { Overrides } from "./headers.ts";
import { importFile, type ImportSummary } from "./import.ts";
import type { KindName } from "./kind/kinds.ts";

export interface UploadOptions {
  what: KindName;
  /** as its sender calls it; says what it is where its bytes do not */
  name: string;
  overrides: Overrides;
  dryRun: boolean;
  locale: "en" | "zh-CN";
  by: string;
}

export interface UploadSummary extends Omit<ImportSummary, "rejects" | "seconds"> {
  id: string;
  /** the first hundred lines that were left out; `kept` of them can be asked for by the upload's id */
  rejects: { first: Rejected[]; kept: "all" | "some" | "none" };
}

/** The file is larger than it may be. */
export class TooLargeError extends Error {}

/** Its sender has gone away before the end. */
export class CutOffError extends Error {}

/** No line could be taken; nothing was stored but what was wrong with each. */
export class NothingTakenError extends InputError {
  readonly upload: string;
  readonly first: Rejected[];
  constructor(faults: Fault[], upload: string, first: Rejected[]) {
    super(faults);
    this.upload = upload;
    this.first = first;
  }
}

const FIRST = 100;
/** Of the list of rejected lines. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** A file that is being sent, in a folder of its own; afterwards call `remove`. */
export interface Received {
  path: string;
  remove(): Promise<void>;
}

/** @throws TooLargeError as soon as it is, CutOffError */
export async function receiveFile(bytes: Readable, name: string, mostBytes: number): Promise<Received> {
  const folder = await mkdtemp(join(tmpdir(), "rekindle-import-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  const path = join(folder, safeName(name));
  let seen = 0;
  const bound = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen > mostBytes) done(new TooLargeError());
      else done(null, chunk);
    },
  });
  // not part of the pipeline, which would end the connection with it: its sender is yet to be answered
  bytes.pipe(bound);
  bytes.once("error", (failure: NodeJS.ErrnoException) => {
    bound.destroy(failure.code === "ECONNRESET" ? new CutOffError() : failure);
  });
  bytes.once("close", () => {
    if (!bytes.readableEnded) bound.destroy(new CutOffError());
  });
  try {
    await pipeline(bound, createWriteStream(path));
    return { path, remove };
  } catch (failure) {
    await remove();
    throw failure;
  }
}

/** A file's name and no path; the ending tells its format. */
function safeName(name: string): string {
  const plain = basename(name.replaceAll("\\", "/")).replace(/[^\p{L}\p{N}._ -]/gu, "_");
  const ending = extname(plain).slice(0, 10);
  return `${plain.slice(0, plain.length - extname(plain).length).slice(0, 60) || "upload"}${ending}`;
}

/**
 * Imports a received file as `rekindle import` does: all of its acceptable lines or nothing. What was left out is kept for
 * a month.
 * @throws InputError when the file as a whole cannot be used; NothingTakenError when none of its lines can
 */
export async function importUpload(
  db: Database,
  database: DatabaseOptions,
  home: Home,
  file: Received,
  options: UploadOptions,
): Promise<UploadSummary> {
  const id = randomUUID();
  const first: Rejected[] = [];
  const list = `${file.path}.rejects.csv`;
  const progress = {
    facts: () => undefined,
    reading: () => undefined,
    storing: () => undefined,
    rejected: (lines: Rejected[]) => void first.push(...lines.slice(0, FIRST - first.length)),
  };
  const name = basename(file.path);
  const keep = async (summary: Record<string, unknown>) => {
    const rejects = first.length > 0 ? await readUpTo(list, KEPT_BYTES) : null;
    const { what, by } = options;
    await insertUpload(db, { id, what, file: name, by, at: await now(db), summary }, rejects?.text ?? null);
    return rejects === null ? "none" : rejects.whole ? "all" : "some";
  };
  try {
    const { what, overrides, dryRun, locale } = options;
    const found = await importFile(
      database,
      home,
      { what, file: file.path, overrides, dryRun, locale, rejects: list },
      progress,
    );
    const { rejects: _, seconds: __, ...summary } = { ...found, file: name };
    const kept = await keep(summary);
    return { id, ...summary, rejects: { first, kept } };
  } catch (failure) {
    if (!(failure instanceof InputError)) throw failure;
    const faults = failure.faults.map((fault) => nameless(fault, file.path, name));
    if (first.length === 0) throw new InputError(faults, failure.missing);
    await keep({ accepted: 0, dryRun: options.dryRun });
    throw new NothingTakenError(faults, id, first);
  }
}

/** Where we have put the file is nobody's business: it is called what its sender calls it. */
function nameless(fault: Fault, path: string, name: string): Fault {
  const clean = (text: string) => text.replaceAll(path, name);
  const both = (text: Text): Text => ({ en: clean(text.en), "zh-CN": clean(text["zh-CN"]) });
  // what can be looked at is not the file that a hint names
  const hint = fault.hint && !fault.hint.en.includes(path) ? { hint: fault.hint } : {};
  const { hint: _, ...rest } = fault;
  return {
    ...rest,
    ...hint,
    pointer: clean(fault.pointer),
    message: both(fault.message),
    ...(fault.file !== undefined && { file: clean(fault.file) }),
  };
}

/** The beginning of a file, whole lines of it. */
async function readUpTo(path: string, bytes: number): Promise<{ text: string; whole: boolean }> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, bytes));
    await handle.read(buffer, 0, buffer.length, 0);
    const whole = size <= bytes;
    return { text: buffer.subarray(0, whole ? size : buffer.lastIndexOf("\n") + 1).toString("utf8"), whole };
  } finally {
    await handle.close();
  }
}
