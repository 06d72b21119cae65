import type { Database } from "../store/database.ts";
import { type NewEvent, type Stored, insertEvents } from "../store/event.ts";
import { commitSize, eventsReceived } from "../watch/metrics.ts";
import { currentTrace, spanWithin } from "../watch/trace.ts";

/** "refused": the database cannot hold it, and it alone of those it came with was not stored. */
export type Received = Stored | "refused";

export interface Receiver {
  /** Resolves when the events are durable. @throws BusyError, or what the database says */
  receive(events: NewEvent[]): Promise<Received[]>;
  /** Lets what was taken on be stored. */
  close(): Promise<void>;
}

export interface ReceiverOptions {
  db: Database;
  /** called after so many events were stored together */
  onStored: (events: number) => void;
  /** how much may wait to be stored */
  most?: { events: number; bytes: number };
}

/** More is waiting than the database takes away; come back later. */
export class BusyError extends Error {}

interface Post {
  events: NewEvent[];
  bytes: number;
  resolve: (stored: Received[]) => void;
  reject: (error: unknown) => void;
}

const IN_FLIGHT = 2;
const AT_ONCE = 1_000;
/** of JSON; in memory it is some three times as much */
const MOST = { events: 20_000, bytes: 32 * 1024 * 1024 };
/** what an event takes besides its data */
const FRAME_BYTES = 200;

/**
 * Group commit: posts that come while a statement is on its way leave together in the next one, so the disk's sync is
 * shared. More than two in flight would only make the groups smaller.
 */
export function openReceiver({ db, onStored, most = MOST }: ReceiverOptions): Receiver {
  const waiting: Post[] = [];
  const flying = new Set<Promise<void>>();
  const held = { events: 0, bytes: 0 };
  let asked = false;

  function pump() {
    asked = false;
    while (flying.size < IN_FLIGHT && waiting.length > 0) {
      const flight = store(take()).finally(() => {
        flying.delete(flight);
        pump();
      });
      flying.add(flight);
    }
  }
  function take(): Post[] {
    let count = 0;
    let posts = 0;
    while (posts < waiting.length && (posts === 0 || count + waiting[posts]!.events.length <= AT_ONCE)) {
      count += waiting[posts++]!.events.length;
    }
    return waiting.splice(0, posts);
  }
  async function store(posts: Post[]): Promise<void> {
    let stored: Received[];
    try {
      stored = await insertGood(
        db,
        posts.flatMap((post) => post.events),
      );
    } catch (error) {
      for (const post of posts) {
        eventsReceived.inc({ status: "failed" }, post.events.length);
        post.reject(error);
      }
      return;
    } finally {
      for (const post of posts) hold(post, -1);
    }
    onStored(stored.length);
    count(stored);
    let from = 0;
    for (const post of posts) post.resolve(stored.slice(from, (from += post.events.length)));
  }
  /** What is on its way to the database is still in memory. */
  function hold({ events, bytes }: Pick<Post, "events" | "bytes">, sign: 1 | -1) {
    held.events += sign * events.length;
    held.bytes += sign * bytes;
  }

  return {
    receive(events) {
      const bytes = events.reduce((sum, event) => sum + sizeOf(event), 0);
      const full = held.events + events.length > most.events || held.bytes + bytes > most.bytes;
      // a post larger than all that may wait is taken when nothing else waits, else it could never be
      if (full && held.events > 0) return Promise.reject(new BusyError("too many events are waiting"));
      hold({ events, bytes }, 1);
      const span = spanWithin(currentTrace(), "events received", { attributes: { events: events.length } });
      if (span) for (const event of events) event.trace = span.trace;
      return new Promise<Received[]>((resolve, reject) => {
        waiting.push({ events, bytes, resolve, reject });
        // posts that arrived in the same round of the event loop leave together
        if (!asked) setImmediate(pump);
        asked = true;
      }).finally(() => span?.end());
    },
    async close() {
      pump();
      while (flying.size > 0) await Promise.all(flying);
    },
  };
}

function count(stored: Received[]): void {
  commitSize.observe(stored.length);
  const byStatus = new Map<Received, number>();
  for (const status of stored) byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
  for (const [status, events] of byStatus) eventsReceived.inc({ status }, events);
}

/** One event may be what the database refuses: halved until it is found, as the others must not suffer for it. */
async function insertGood(db: Database, events: NewEvent[]): Promise<Received[]> {
  try {
    return await insertEvents(db, events);
  } catch (error) {
    if (!isDataError(error)) throw error;
    if (events.length === 1) return ["refused"];
    const middle = Math.ceil(events.length / 2);
    const first = await insertGood(db, events.slice(0, middle));
    return [...first, ...(await insertGood(db, events.slice(middle)))];
  }
}

/** Roughly, in bytes: a character outside of ASCII is counted as one. */
function sizeOf(event: NewEvent): number {
  return FRAME_BYTES + JSON.stringify(event.data).length;
}

/** SQLSTATE classes 22 (data), 23 (constraint), 54 (limit): the rows' fault, not the database's trouble. */
export function isDataError(error: unknown): boolean {
  return /^(22|23|54)/.test((error as { code?: string }).code ?? "");
}
