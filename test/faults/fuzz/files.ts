import { KINDS, type KindName } from "../../../src/operate/import/kind/kinds.ts";
import type { Nasty } from "./nasty.ts";

const HEADS: Record<KindName, string> = {
  customers: "customer_id,name,email,phone,locale,timezone,consent,grade",
  orders: "order_id,customer_id,paid_at,amount,currency,status",
  "order-items": "order_id,sku,category,qty,price",
  events: "event_id,customer_id,type,occurred_at,amount",
};
const NAMES = Object.keys(KINDS) as KindName[];

/** A file to import: a table of odd cells, a spoiled one, or no table at all; `workbook` is a good one to spoil. */
export function oddFile(nasty: Nasty, workbook: Buffer): { what: KindName; name: string; bytes: Buffer } {
  const what = nasty.pick(NAMES);
  switch (nasty.int(0, 5)) {
    case 0:
      return { what, name: "a.xlsx", bytes: spoil(nasty, workbook) };
    case 1:
      return { what, name: nasty.pick(["a.csv", "a.xlsx", "a.ndjson", "a.txt"]), bytes: nasty.noise(2_000) };
    case 2: {
      const lines = Array.from({ length: nasty.int(0, 20) }, () => JSON.stringify(nasty.object(2)));
      return { what, name: "a.ndjson", bytes: nasty.bytes(lines.join("\n")) };
    }
    default: {
      const width = HEADS[what].split(",").length;
      const lines = Array.from({ length: nasty.int(0, 20) }, () => {
        return Array.from({ length: width }, () => cell(nasty)).join(nasty.chance(15) ? ";" : ",");
      });
      const head = nasty.chance(8) ? nasty.string() : HEADS[what];
      return { what, name: "a.csv", bytes: nasty.bytes([head, ...lines].join(nasty.pick(["\n", "\r\n", "\r"]))) };
    }
  }
}

function cell(nasty: Nasty): string {
  const text = nasty.chance(2) ? nasty.pick(["c1", "o1", "2026-04-01", "12.50", "CNY", "paid", "yes"]) : nasty.string();
  return nasty.chance(3) ? `"${text.replaceAll('"', nasty.chance(4) ? '"' : '""')}"` : text;
}

function spoil(nasty: Nasty, good: Buffer): Buffer {
  const bytes = Buffer.from(good);
  for (let i = nasty.int(0, 8); i > 0; i--) bytes[nasty.int(0, bytes.length - 1)] = nasty.int(0, 255);
  return nasty.chance(4) ? bytes.subarray(0, nasty.int(0, bytes.length)) : bytes;
}
