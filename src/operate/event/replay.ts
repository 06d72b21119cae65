import { sql } from "kysely";
import { refuse } from "../../fault.ts";
import { BATCH } from "../../intake/react.ts";
import { replay, type ReplayOptions } from "../../intake/replay.ts";
import { all, conditionsOf, type EventFilter } from "./list.ts";

/** Which events to react to again; `all` must be said when nothing else is. */
export interface ReplayFilter extends EventFilter {
  all?: boolean | undefined;
}

export interface ReplaySummary {
  /** how many were looked at */
  looked: number;
  /** of these, those that did something that they had not done before */
  changed: number;
  /** of these, those whose data cannot be worked with */
  failed: number;
  /** where the next part begins; null: all have been looked at */
  next: number | null;
}

/**
 * Reacts again to events, oldest first, in transactions of their own: see src/intake/replay.ts for what that does and does
 * not. May be interrupted and done again.
 * @param page `limit` events at most, those after the place that the part before named
 * @throws InputError when nothing says which
 */
export async function replayEvents(
  options: ReplayOptions,
  filter: ReplayFilter,
  page: { limit: number; after?: number | undefined },
): Promise<ReplaySummary> {
  const { all: everything = false, ...rest } = filter;
  const conditions = conditionsOf(rest);
  if (conditions.length === 0 && !everything) {
    throw refuse(
      "filter",
      { en: "say which events", "zh-CN": "请说明要重放哪些事件" },
      {
        en: "by from, to, type, customer, source, unreacted or failed; or all",
        "zh-CN": "按 from、to、type、customer、source、unreacted、failed；或 all",
      },
    );
  }
  const summary: ReplaySummary = { looked: 0, changed: 0, failed: 0, next: page.after ?? 0 };
  while (summary.looked < page.limit && summary.next !== null) {
    const limit = Math.min(BATCH, page.limit - summary.looked);
    const { rows } = await sql<{ id: number }>`
      select e.id from events e where e.id > ${summary.next} and ${all(conditions)} order by e.id limit ${limit}`.execute(
      options.db,
    );
    const { changed, failed } = await replay(
      options,
      rows.map((row) => row.id),
    );
    summary.looked += rows.length;
    summary.changed += changed.length;
    summary.failed += failed.length;
    summary.next = rows.length < limit ? null : rows.at(-1)!.id;
  }
  return summary;
}
