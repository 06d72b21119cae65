import { createReadStream, existsSync, mkdirSync, statSync, truncateSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The envelope and where the mail lies. */
export interface Entry {
  from: string;
  to: string[];
  /** milliseconds since 1970, real time */
  at: number;
  offset: number;
  size: number;
}

/** Mails in order of arrival; the first is number 1. */
export interface MailFile {
  readonly count: number;
  /** resolves when the mail is in the file */
  append(envelope: Pick<Entry, "from" | "to">, raw: Buffer): Promise<void>;
  entry(id: number): Entry | undefined;
  /** `most`: no more than its first bytes */
  read(id: number, most?: number): Promise<Buffer | undefined>;
  close(): Promise<void>;
}

interface Waiting {
  line: Omit<Entry, "offset">;
  raw: Buffer;
  done: () => void;
  failed: (error: unknown) => void;
}

/** Two append-only files: the mails, and an index line for each, written after its mail. */
export async function openMailFile(folder: string): Promise<MailFile> {
  mkdirSync(folder, { recursive: true });
  const paths = { mails: join(folder, "mails"), index: join(folder, "index.jsonl") };
  const entries = await recover(paths);
  const mails = await open(paths.mails, "a+");
  const index = await open(paths.index, "a");
  let waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;
  let end = entries.length === 0 ? 0 : entries.at(-1)!.offset + entries.at(-1)!.size;

  /** All that has arrived meanwhile goes in one write. */
  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        const added = await writeBatch(mails, index, batch, end);
        entries.push(...added);
        end = added.at(-1)!.offset + added.at(-1)!.size;
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    writing = undefined;
  }

  return {
    get count() {
      return entries.length;
    },
    append: (envelope, raw) =>
      new Promise((done, failed) => {
        waiting.push({ line: { ...envelope, at: Date.now(), size: raw.length }, raw, done, failed });
        writing ??= write();
      }),
    entry: (id) => entries[id - 1],
    async read(id, most = Infinity) {
      const entry = entries[id - 1];
      if (entry === undefined) return undefined;
      const raw = Buffer.allocUnsafe(Math.min(entry.size, most));
      await mails.read(raw, 0, raw.length, entry.offset);
      return raw;
    },
    async close() {
      await writing;
      await mails.close();
      await index.close();
    },
  };
}

async function writeBatch(mails: FileHandle, index: FileHandle, batch: Waiting[], end: number): Promise<Entry[]> {
  let offset = end;
  const added = batch.map(({ line }) => {
    const entry = { ...line, offset };
    offset += line.size;
    return entry;
  });
  await mails.appendFile(Buffer.concat(batch.map(({ raw }) => raw)));
  await index.appendFile(added.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
  return added;
}

/** What a crash left half-written was never acknowledged, and is cut off. */
async function recover(paths: { mails: string; index: string }): Promise<Entry[]> {
  if (!existsSync(paths.index)) return cutMails(paths.mails, []);
  const entries: Entry[] = [];
  let bytes = 0;
  for await (const line of createInterface({ input: createReadStream(paths.index) })) {
    try {
      entries.push(JSON.parse(line) as Entry);
      bytes += Buffer.byteLength(line) + 1;
    } catch {
      break;
    }
  }
  if (bytes < statSync(paths.index).size) truncateSync(paths.index, bytes);
  return cutMails(paths.mails, entries);
}

function cutMails(mails: string, entries: Entry[]): Entry[] {
  const last = entries.at(-1);
  if (existsSync(mails)) truncateSync(mails, last ? last.offset + last.size : 0);
  return entries;
}
