import { type RawBuilder, sql } from "kysely";

/** A part of a list: at most so many, those after a place. */
export interface Page<K> {
  /** null: all */
  limit: number | null;
  after?: K;
}

/** `next`: the place that the next part comes after; null at the end. */
export interface Paged<T, K> {
  items: T[];
  next: K | null;
}

/** A time as a place has it: to the microsecond, which a Date has not. Nothing is "infinity". */
export function moment(column: string): RawBuilder<string> {
  return sql`coalesce(to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'infinity')`;
}

export const ALL: Page<never> = { limit: null };

/** What to ask the database for: one more than wanted tells whether there is more. */
export function asked({ limit }: Page<unknown>): number | null {
  return limit === null ? null : limit + 1;
}

/** Rows that were asked for by `asked`, as a part of a list; `place` is taken out of each. */
export function cut<R extends { place: unknown }>(
  rows: R[],
  { limit }: Page<unknown>,
): Paged<Omit<R, "place">, R["place"]> {
  const kept = limit === null ? rows : rows.slice(0, limit);
  const last = kept.at(-1);
  return {
    items: kept.map(({ place: _, ...item }) => item),
    next: rows.length > kept.length && last ? last.place : null,
  };
}
