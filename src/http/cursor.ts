import { z } from "zod";
import type { Page, Paged } from "../operate/page.ts";
import { textFaults } from "../intake/text.ts";
import { Problem } from "./problem.ts";

const MOST = 500;
const USUAL = 50;

/** Query of a list: `limit` entries, those after the place that the last answer's `next` names. */
export const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(MOST).default(USUAL),
  after: z.string().max(1_000).optional(),
});

/** Answer of a list; `next` is null at its end. */
export function listOf<T>(item: z.ZodType<T>) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/** The page that a query asks for. @throws Problem 400 when `after` is no place of an earlier answer */
export function pageAsked<K>({ limit, after }: z.infer<typeof listQuery>, place: z.ZodType<K>): Asked<K> {
  return { limit, ...(after !== undefined && { after: readCursor(after, place) }) };
}

interface Asked<K> extends Page<K> {
  limit: number;
}

/** What tells whether there is more: one entry more than asked for. */
export function onePast<K>(page: Asked<K>): Asked<K> {
  return { ...page, limit: page.limit + 1 };
}

/**
 * One page of a list that `onePast` was asked for.
 * @param key what the next page comes after, JSON that `pageAsked` gives back
 */
export function pageOf<T>(
  rows: T[],
  { limit }: { limit: number },
  key: (row: T) => unknown,
): { items: T[]; next: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return partOf({ items, next: rows.length > limit && last !== undefined ? key(last) : null });
}

/** A part of a list as its answer: the place that the next part comes after becomes a cursor. */
export function partOf<T>({ items, next }: Paged<T, unknown>): { items: T[]; next: string | null } {
  return { items, next: next === null ? null : Buffer.from(JSON.stringify(next)).toString("base64url") };
}

function readCursor<T>(after: string, key: z.ZodType<T>): T {
  try {
    const place: unknown = JSON.parse(Buffer.from(after, "base64url").toString("utf8"));
    // what the database cannot hold has come in by another way than parameters do
    if (textFaults(place, "").length === 0) return key.parse(place);
  } catch {
    // said below
  }
  throw new Problem(400, "cursor", {
    en: "after is not a cursor from an earlier answer",
    "zh-CN": "after 不是先前应答中的游标",
  });
}
