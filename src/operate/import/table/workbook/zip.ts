import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { SaxesParser, type SaxesTagPlain } from "saxes";
import yauzl, { type Entry, type ZipFile } from "yauzl";
import { type InputError, refuse } from "../../../../fault.ts";

/** The parts of a workbook file by name, each to be read as a stream of text. */
export interface Parts {
  has(name: string): boolean;
  /** @param most bytes that it may unpack to: whatever its file says of itself, or hides */
  read(name: string, most: number, onBytes?: (bytes: number) => void): AsyncGenerator<string>;
  size(name: string): number;
  close(): void;
}

const openZip = promisify<string, yauzl.Options, ZipFile>(yauzl.open);

export async function openParts(file: string): Promise<Parts> {
  const zip = await openZip(file, { lazyEntries: true, autoClose: false });
  const entries = new Map<string, Entry>();
  await new Promise<void>((resolve, reject) => {
    zip.on("entry", (entry: Entry) => {
      entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.on("end", resolve);
    zip.on("error", reject);
    zip.readEntry();
  });
  const openEntry = promisify<Entry, Readable>(zip.openReadStream.bind(zip) as never);
  return {
    has: (name) => entries.has(name),
    size: (name) => entries.get(name)?.uncompressedSize ?? 0,
    close: () => zip.close(),
    async *read(name, most, onBytes) {
      const decoder = new TextDecoder();
      let bytes = 0;
      for await (const chunk of await openEntry(entries.get(name)!)) {
        bytes += (chunk as Buffer).length;
        if (bytes > most) throw tooLarge();
        onBytes?.(bytes);
        yield decoder.decode(chunk as Buffer, { stream: true });
      }
    },
  };
}

/** A few kilobytes can unpack to gigabytes. @see Parts.read */
export function tooLarge(): InputError {
  return refuse(
    "",
    { en: "the workbook unpacks to more than can be read", "zh-CN": "工作簿解压后过大，无法读取" },
    { en: "save it as CSV", "zh-CN": "请另存为 CSV" },
  );
}

/** Characters from one tag to the next, all of which the parser keeps; a cell holds 32,767 at most. */
export const LONGEST_TEXT = 1 << 20;
const DEEPEST = 100;
/** Bytes that a part may unpack to which is no sheet and no list of texts. */
export const SMALL_PART = 1 << 24;

export type Tag = SaxesTagPlain;
export interface Listener {
  open?: (tag: Tag, name: string) => void;
  close?: (name: string) => void;
  text?: (text: string) => void;
}

/** Reads XML as it comes, yielding after each chunk; tag names lose their prefix. */
export async function* scan(text: AsyncGenerator<string>, listener: Listener): AsyncGenerator<void> {
  const parser = new SaxesParser();
  let sinceTag = 0;
  let depth = 0;
  parser.on("opentag", (tag) => {
    sinceTag = 0;
    if (++depth > DEEPEST) throw tooLarge();
    listener.open?.(tag, local(tag.name));
  });
  parser.on("closetag", (tag) => {
    sinceTag = 0;
    depth -= 1;
    listener.close?.(local(tag.name));
  });
  parser.on("text", (part) => listener.text?.(part));
  parser.on("cdata", (part) => listener.text?.(part));
  parser.on("error", (error) => {
    throw error;
  });
  for await (const chunk of text) {
    sinceTag += chunk.length;
    parser.write(chunk);
    if (sinceTag > LONGEST_TEXT) throw tooLarge();
    yield;
  }
  parser.close();
}

function local(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

export async function readWhole(text: AsyncGenerator<string>, listener: Listener): Promise<void> {
  for await (const _ of scan(text, listener));
}
