import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { drawWorld, HEADERS, type Household, type WorldOptions } from "./world.ts";

const FILES = { customer: "customers.csv", orders: "orders.csv", items: "order-items.csv" } as const;
const CHUNK = 1 << 18;

export interface Written {
  files: string[];
  customers: number;
  orders: number;
  items: number;
}

/** Writes the world as files to import; what is in memory does not grow with it. */
export async function writeWorld(folder: string, options: WorldOptions): Promise<Written> {
  await mkdir(folder, { recursive: true });
  const parts = Object.keys(FILES) as (keyof Household)[];
  const files = parts.map((part) => join(folder, FILES[part]));
  const sinks = await Promise.all(files.map((file) => openSink(file)));
  const lines = { customer: 0, orders: 0, items: 0 };
  try {
    for (const [i, part] of parts.entries()) await sinks[i]!.add(HEADERS[part]);
    for (const household of drawWorld(options)) {
      for (const [i, part] of parts.entries()) {
        const text = household[part];
        for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines[part]++;
        if (sinks[i]!.take(text)) await sinks[i]!.flush();
      }
    }
  } finally {
    await Promise.all(sinks.map((sink) => sink.close()));
  }
  return { files, customers: lines.customer, orders: lines.orders, items: lines.items };
}

async function openSink(file: string) {
  const stream = createWriteStream(file);
  await once(stream, "open");
  let text = "";
  const flush = async () => {
    const room = stream.write(text);
    text = "";
    if (!room) await once(stream, "drain");
  };
  return {
    /** says when it is time to flush */
    take(part: string): boolean {
      text += part;
      return text.length >= CHUNK;
    },
    async add(part: string) {
      text += part;
      await flush();
    },
    flush,
    async close() {
      stream.end(text);
      await once(stream, "close");
    },
  };
}
