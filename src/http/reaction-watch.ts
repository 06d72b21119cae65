import type { Database } from "../store/database.ts";
import { type EventView, findEvents, eventKey } from "../store/event.ts";

export interface ReactionWatch {
  /** The event once it has been reacted to, or undefined when that takes longer than `ms`. */
  reaction(source: string, id: string, ms: number): Promise<EventView | undefined>;
  close(): void;
}

const LOOK_MS = 25;

interface Watched {
  source: string;
  id: string;
  until: number;
  resolve: (event: EventView | undefined) => void;
}

/** Pages that wait for their event's reaction are looked after by one query, however many they are. */
export function openReactionWatch(db: Database): ReactionWatch {
  const watched = new Set<Watched>();
  let timer: NodeJS.Timeout | undefined;

  async function look() {
    try {
      const events = await findEvents(db, [...watched]);
      const reacted = new Map(
        events.filter((event) => event.reacted_at).map((event) => [eventKey(event.source, event.event_id), event]),
      );
      for (const one of watched) settle(one, reacted.get(eventKey(one.source, one.id)));
    } catch {
      for (const one of watched) settle(one, undefined);
    }
    timer = watched.size > 0 ? lookSoon() : undefined;
  }
  const lookSoon = () => setTimeout(() => void look(), LOOK_MS);
  function settle(one: Watched, event: EventView | undefined) {
    if (!event && Date.now() < one.until) return;
    watched.delete(one);
    one.resolve(event);
  }
  return {
    reaction: (source, id, ms) =>
      new Promise((resolve) => {
        watched.add({ source, id, until: Date.now() + ms, resolve });
        timer ??= lookSoon();
      }),
    close() {
      clearTimeout(timer);
      for (const one of watched) one.resolve(undefined);
      watched.clear();
    },
  };
}
