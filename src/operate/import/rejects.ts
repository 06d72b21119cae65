import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import type { Text } from "../../campaign/program.ts";
import { refuse } from "../../fault.ts";
import { csvCell } from "../table-file.ts";
import type { Rejected } from "./convert.ts";

export interface Rejects {
  add(rejected: Rejected[]): Promise<void>;
  /** all that was added is written, or this throws: to be known before anything is stored for good */
  settle(): Promise<void>;
  /** puts the file in its place, if anything was rejected; says where */
  finish(): Promise<string | undefined>;
  discard(): Promise<void>;
}

const TITLES: Text = { en: "line,field,reason,hint", "zh-CN": "行,字段,原因,建议" };

/**
 * A CSV file of what was left out. It appears when the import is over, so that an old one is not half overwritten.
 * @param own the path is of our choosing: a file there is an earlier import's and goes when there is nothing to say
 */
export function openRejects(path: string, own: boolean, locale: keyof Text): Rejects {
  const part = `${path}.part`;
  let stream: ReturnType<typeof createWriteStream> | undefined;
  let failed: Error | undefined;
  const close = async () => {
    if (!stream) return;
    if (!stream.writableEnded) stream.end();
    if (!stream.closed && !failed) await once(stream, "close");
    if (failed) throw failed;
  };
  return {
    async add(rejected) {
      if (rejected.length === 0) return;
      if (!stream) {
        stream = createWriteStream(part);
        stream.on("error", (error) => (failed = unwritable(path, error)));
        // the mark lets spreadsheets read it as UTF-8
        stream.write(`\uFEFF${TITLES[locale]}\n`);
      }
      if (failed) throw failed;
      const lines = rejected.map(({ line, field, trouble }) =>
        [line, field, trouble.reason[locale], trouble.hint?.[locale] ?? ""].map(csvCell).join(","),
      );
      if (!stream.write(`${lines.join("\n")}\n`)) await once(stream, "drain").catch(() => undefined);
    },
    settle: close,
    async finish() {
      await close();
      if (!stream) {
        if (own) await rm(path, { force: true });
        return undefined;
      }
      await rename(part, path);
      return path;
    },
    async discard() {
      await close().catch(() => undefined);
      await rm(part, { force: true });
    },
  };
}

function unwritable(path: string, error: Error): Error {
  return refuse(
    path,
    {
      en: `the list of rejected lines cannot be written: ${error.message}`,
      "zh-CN": `无法写入被拒行清单：${error.message}`,
    },
    { en: "choose another place with --rejects FILE", "zh-CN": "请用 --rejects FILE 另选位置" },
  );
}
