import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import type { Database } from "../../store/database.ts";
import { EVENT_VIEW, type EventView, findEventsById } from "../../store/event.ts";
import { all, conditionsOf, type EventFilter } from "./list.ts";
import { type ShownEvent, shownEvent } from "./view.ts";

/** A line of the tail: `place` is where a later one begins again. */
export interface Followed {
  place: number;
  event: ShownEvent;
}

export interface TailOptions {
  /** from this moment on; from now on when left out */
  since?: Date | undefined;
  /** after the line with this place */
  after?: number | undefined;
  /** asked again and again; ends the tail */
  isOver: () => boolean;
}

const LOOK_MS = 250;
/** an event that nobody has reacted to by then is shown without what it did, and again once that is known */
const PATIENCE_MS = 1_000;
const FOLLOWED_MS = 60_000;
/** numbers are given before their events are committed: for so long a lower one may still come up */
const OVERLAP_MS = 3_000;
const AT_ONCE = 1_000;

/** Events as they are received, each with what it did: once, or twice when reacting to it takes longer than a second. */
export async function* tailEvents(
  db: Database,
  filter: EventFilter,
  { since, after, isOver }: TailOptions,
): AsyncGenerator<Followed | undefined> {
  const conditions = conditionsOf(filter);
  const open = new Map<number, { seen: number; shown: boolean }>();
  let window = await openWindow(db, since, after);
  while (!isOver()) {
    const rows = await newEvents(db, window.floor, conditions);
    const fresh = rows.filter((row) => !window.seen.has(row.id));
    window = moved(window, rows, Date.now());
    for (const row of fresh) {
      if (row.reacted_at) yield line(row);
      else open.set(row.id, { seen: Date.now(), shown: false });
    }
    for (const row of await findEventsById(db, [...open.keys()])) {
      const state = open.get(row.id)!;
      const age = Date.now() - state.seen;
      if (row.reacted_at || (!state.shown && age > PATIENCE_MS)) yield line(row);
      state.shown ||= age > PATIENCE_MS;
      if (row.reacted_at || age > FOLLOWED_MS) open.delete(row.id);
    }
    yield undefined; // whoever follows can say that the line still stands
    if (fresh.length < AT_ONCE) await pause(LOOK_MS);
  }
}

interface Window {
  /** everything up to this number has been seen */
  floor: number;
  /** of what is above */
  seen: Set<number>;
  /** highest numbers seen, and when */
  marks: { id: number; at: number }[];
}

async function openWindow(db: Database, since: Date | undefined, after: number | undefined): Promise<Window> {
  const from = since === undefined ? sql`null` : sql`(select min(id) - 1 from events where received_at >= ${since})`;
  const { rows } = await sql<{ floor: number }>`
    select coalesce(${after ?? null}::bigint, ${from}, (select max(id) from events), 0)::bigint as floor`.execute(db);
  return { floor: rows[0]!.floor, seen: new Set(), marks: [] };
}

async function newEvents(db: Database, floor: number, conditions: ReturnType<typeof conditionsOf>) {
  const { rows } = await sql<EventView>`
    select ${EVENT_VIEW} from events e where e.id > ${floor} and ${all(conditions)} order by e.id limit ${AT_ONCE}`.execute(
    db,
  );
  return rows;
}

/** A full look cannot wait for stragglers: where thousands a second come, one that was committed late may be left out. */
function moved({ floor, seen, marks }: Window, rows: EventView[], at: number): Window {
  const last = rows.at(-1);
  if (last === undefined) return { floor, seen, marks };
  if (rows.length === AT_ONCE) return { floor: last.id, seen: new Set(), marks: [] };
  const old = marks.findLast((mark) => mark.at < at - OVERLAP_MS);
  const next = old === undefined ? floor : old.id;
  return {
    floor: next,
    seen: new Set([...seen, ...rows.map((row) => row.id)].filter((id) => id > next)),
    marks: [...marks.filter((mark) => mark.id > next), { id: last.id, at }],
  };
}

function line(row: EventView): Followed {
  return { place: row.id, event: shownEvent(row) };
}
