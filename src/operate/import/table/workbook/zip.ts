import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { SaxesParser, type SaxesTagPlain } from "saxes";
import yauzl, { type Entry, type ZipFile } from "yauzl";

/** The parts of a workbook file by name, each to be read as a stream of text. */
export interface Parts {
  has(name: string): boolean;
  read(name: string, onBytes?: (bytes: number) => void): AsyncGenerator<string>;
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
    async *read(name, onBytes) {
      const decoder = new TextDecoder();
      let bytes = 0;
      for await (const chunk of await openEntry(entries.get(name)!)) {
        bytes += (chunk as Buffer).length;
        onBytes?.(bytes);
        yield decoder.decode(chunk as Buffer, { stream: true });
      }
    },
  };
}

export type Tag = SaxesTagPlain;
export interface Listener {
  open?: (tag: Tag, name: string) => void;
  close?: (name: string) => void;
  text?: (text: string) => void;
}

/** Reads XML as it comes, yielding after each chunk; tag names lose their prefix. */
export async function* scan(text: AsyncGenerator<string>, listener: Listener): AsyncGenerator<void> {
  const parser = new SaxesParser();
  parser.on("opentag", (tag) => listener.open?.(tag, local(tag.name)));
  parser.on("closetag", (tag) => listener.close?.(local(tag.name)));
  parser.on("text", (part) => listener.text?.(part));
  parser.on("cdata", (part) => listener.text?.(part));
  parser.on("error", (error) => {
    throw error;
  });
  for await (const chunk of text) {
    parser.write(chunk);
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
