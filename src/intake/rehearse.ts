import { sql } from "kysely";
import { type Database, rehearsal, type Tx } from "../store/database.ts";
import { type EventView, findEvents, insertEvents, eventKey, type NewEvent } from "../store/event.ts";
import type { ReactingHome } from "./batch.ts";
import { faultCode, reactTo } from "./react.ts";
import type { Reaction } from "./reaction.ts";
import { BusyError, type Received } from "./receive.ts";

/** What an event would do now, or has done when it is here already. */
export interface Rehearsed {
  status: Received;
  /** null: it would not be stored, or is stored and not reacted to yet */
  reaction: Reaction | null;
}

/** The most events that are rehearsed together: their customers are locked meanwhile. */
export const REHEARSED_MOST = 100;

/**
 * Stores events, reacts to them and undoes it all: as if each were sent now, in this order, after everything that has been
 * reacted to so far. Nothing stays but gaps in number sequences, and nobody is woken.
 * @throws BusyError when somebody holds what it would have to wait for
 */
export async function rehearse(db: Database, home: ReactingHome, events: NewEvent[]): Promise<Rehearsed[]> {
  const alone = new Map<NewEvent, Rehearsed>();
  if (events.length === 0) return [];
  for (;;) {
    const left = events.filter((event) => !alone.has(event));
    const found = await attempt(db, home, left);
    if (Array.isArray(found)) return events.map((event) => alone.get(event) ?? found[left.indexOf(event)]!);
    const culprit = await findCulprit(db, home, left, found);
    alone.set(culprit.event, culprit.rehearsed);
  }
}

/** Somebody's data is at fault, as it would be in earnest. */
interface Failed {
  /** undefined: the database cannot even store it */
  error: string | undefined;
}

async function attempt(db: Database, home: ReactingHome, events: NewEvent[]): Promise<Rehearsed[] | Failed> {
  let stored = false;
  try {
    return await rehearsal(
      db,
      async (tx) => {
        await beBrief(tx);
        const known = new Map(
          (await findEvents(tx, events)).map((event) => [eventKey(event.source, event.event_id), event]),
        );
        const statuses = await insertEvents(tx, events);
        stored = true;
        const rows = await findEvents(tx, events);
        const fresh = rows.filter((row) => !known.has(eventKey(row.source, row.event_id)));
        const reactions = await reactionsOf(tx, home, inOrder(fresh, events));
        return events.map((event, i): Rehearsed => {
          const key = eventKey(event.source, event.id);
          const before = known.get(key);
          const reaction = before ? reactionOf(before) : (reactions.get(key) ?? null);
          return { status: statuses[i]!, reaction };
        });
      },
      () => false,
    );
  } catch (error) {
    if (WAITED.has((error as { code?: string }).code ?? "")) throw new BusyError("somebody holds what it needs");
    const code = faultCode(error);
    if (code === undefined) throw error;
    return { error: stored ? code : undefined };
  }
}

/** Of events that fail together, the first that fails by itself, or with those before it. */
async function findCulprit(db: Database, home: ReactingHome, events: NewEvent[], failed: Failed) {
  let [good, bad] = [0, events.length];
  while (bad - good > 1) {
    const middle = Math.ceil((good + bad) / 2);
    const found = await attempt(db, home, events.slice(0, middle));
    if (Array.isArray(found)) good = middle;
    else [bad, failed] = [middle, found];
  }
  const { error } = failed;
  const rehearsed: Rehearsed =
    error === undefined ? { status: "refused", reaction: null } : { status: "accepted", reaction: { error } };
  return { event: events[bad - 1]!, rehearsed };
}

/** lock_not_available, query_canceled */
const WAITED = new Set(["55P03", "57014"]);

/** What is undone anyway shall not keep others waiting, nor wait for them. */
async function beBrief(tx: Tx): Promise<void> {
  await sql`set local lock_timeout = '2s'`.execute(tx);
  await sql`set local statement_timeout = '5s'`.execute(tx);
}

/** In the order they were sent; storing them goes by their keys. */
function inOrder(rows: EventView[], events: NewEvent[]): EventView[] {
  const place = new Map<string, number>();
  for (const [i, { source, id }] of events.entries()) {
    const key = eventKey(source, id);
    if (!place.has(key)) place.set(key, i);
  }
  const at = (row: EventView) => place.get(eventKey(row.source, row.event_id))!;
  return rows.toSorted((a, b) => at(a) - at(b));
}

async function reactionsOf(tx: Tx, home: ReactingHome, rows: EventView[]): Promise<Map<string, Reaction>> {
  // nothing reacts to what a visitor does whom nobody knows yet
  const reactions = new Map(rows.map((row): [string, Reaction] => [eventKey(row.source, row.event_id), {}]));
  const open = rows.filter((row) => row.reacted_at === null);
  if (open.length === 0) return reactions;
  const { events } = await reactTo(tx, { home }, open, "all");
  for (const event of events) reactions.set(eventKey(event.source, event.event_id), imagined(event.reaction));
  return reactions;
}

/** Enrolments that will not have come about have no number. */
function imagined(reaction: Reaction): Reaction {
  const { joined, ...rest } = reaction;
  return joined ? { ...rest, joined: joined.map(({ run }) => ({ run })) } : rest;
}

function reactionOf(event: EventView): Reaction | null {
  return event.reacted_at === null ? null : ((event.reaction ?? {}) as Reaction);
}
