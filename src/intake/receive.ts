import type { Database } from "../store/database.ts";
import { type NewEvent, type Stored, insertEvents } from "../store/event.ts";

export interface Receiver {
  /** Resolves when the events are durable. @throws BusyError, or what the database says */
  receive(events: NewEvent[]): Promise<Stored[]>;
  /** Lets what was taken on be stored. */
  close(): Promise<void>;
}

export interface ReceiverOptions {
  db: Database;
  /** called after events were stored */
  onStored: () => void;
}

/** More is waiting than the database takes away; come back later. */
export class BusyError extends Error {}

interface Post {
  events: NewEvent[];
  resolve: (stored: Stored[]) => void;
  reject: (error: unknown) => void;
}

const IN_FLIGHT = 2;
const AT_ONCE = 1_000;
const WAITING_MOST = 20_000;

/**
 * Group commit: posts that come while a statement is on its way leave together in the next one, so the disk's sync is
 * shared. More than two in flight would only make the groups smaller.
 */
export function openReceiver({ db, onStored }: ReceiverOptions): Receiver {
  const waiting: Post[] = [];
  const flying = new Set<Promise<void>>();
  let held = 0;
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
    held -= count;
    return waiting.splice(0, posts);
  }
  async function store(posts: Post[]): Promise<void> {
    let stored: Stored[];
    try {
      stored = await insertEvents(
        db,
        posts.flatMap((post) => post.events),
      );
    } catch (error) {
      // one post's data may be what the database refuses: the others must not suffer for it
      if (posts.length > 1 && isDataError(error)) for (const post of posts) await store([post]);
      else for (const post of posts) post.reject(error);
      return;
    }
    onStored();
    let from = 0;
    for (const post of posts) post.resolve(stored.slice(from, (from += post.events.length)));
  }

  return {
    receive(events) {
      if (held + events.length > WAITING_MOST) return Promise.reject(new BusyError("too many events are waiting"));
      held += events.length;
      return new Promise((resolve, reject) => {
        waiting.push({ events, resolve, reject });
        // posts that arrived in the same round of the event loop leave together
        if (!asked) setImmediate(pump);
        asked = true;
      });
    },
    async close() {
      pump();
      while (flying.size > 0) await Promise.all(flying);
    },
  };
}

/** SQLSTATE classes 22 (data), 23 (constraint), 54 (limit): the rows' fault, not the database's trouble. */
export function isDataError(error: unknown): boolean {
  return /^(22|23|54)/.test((error as { code?: string }).code ?? "");
}
