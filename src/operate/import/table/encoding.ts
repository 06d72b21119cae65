import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import iconv from "iconv-lite";
import { refuse } from "../../../fault.ts";

export type Encoding = "utf-8" | "utf-16le" | "gb18030";

/** This many characters beyond ASCII that read well as UTF-8 before one that does not: the file is UTF-8, and damaged. */
const CONVINCING = 30;

/**
 * UTF-8 (with or without a mark), UTF-16 with a mark, else GB18030. Looks at the whole file: a first Chinese character
 * may stand anywhere.
 */
export async function detectEncoding(file: string): Promise<Encoding> {
  const head = await firstBytes(file, 2);
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let convincing = 0;
  let line = 1;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch {
      const before = new TextDecoder().decode(chunk).split("\uFFFD")[0]!;
      if (convincing + foreign(before) < CONVINCING) return "gb18030";
      const at = line + before.split("\n").length - 1;
      throw refuse(
        `line ${at}`,
        {
          en: `${file}: UTF-8 up to here, but this line has bytes that are not`,
          "zh-CN": `${file}：此前均为 UTF-8，但这一行含有无效字节`,
        },
        { en: "save the file again as UTF-8", "zh-CN": "请重新以 UTF-8 保存文件" },
      );
    }
    if (convincing < CONVINCING) convincing += foreign(text);
    line += count(text, "\n");
  }
  return "utf-8";
}

function foreign(text: string): number {
  let found = 0;
  for (let i = 0; i < text.length && found < CONVINCING; i++) if (text.charCodeAt(i) > 127) found++;
  return found;
}

function count(text: string, mark: string): number {
  let found = 0;
  for (let i = text.indexOf(mark); i >= 0; i = text.indexOf(mark, i + 1)) found++;
  return found;
}

export async function firstBytes(file: string, length: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** The file's text in chunks, without a byte order mark; `onBytes` hears how many bytes have been read. */
export async function* decoded(
  file: string,
  encoding: Encoding,
  onBytes: (bytes: number) => void,
): AsyncGenerator<string> {
  const decoder = encoding === "gb18030" ? iconv.getDecoder("gb18030") : utf(encoding);
  let bytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 16 }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    onBytes(bytes);
    const text = decoder.write(chunk);
    if (text !== "") yield text;
  }
  const rest = decoder.end();
  if (rest) yield rest;
}

function utf(encoding: Encoding) {
  const decoder = new TextDecoder(encoding);
  return { write: (chunk: Buffer) => decoder.decode(chunk, { stream: true }), end: () => decoder.decode() };
}
