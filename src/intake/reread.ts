import type { EventRow, Reread } from "../store/event-again.ts";
import { mayPost } from "./may-post.ts";
import { meaningOf } from "./meaning.ts";
import type { Vocabulary } from "./vocabulary.ts";

export interface ReadAgain {
  /** events.id of those that mean something else by now */
  events: Map<number, Reread>;
  /** of those whose name means something, which their data does not fit */
  unfit: number[];
}

/** Whose traits and addresses an event says is read when it comes, and never kept as it was sent. */
const AT_THE_DOOR = new Set(["customer.identified", "customer.linked"]);

/**
 * What events mean that came under a name of which rules/events/ said nothing then. What was read as something once stays
 * that: its data is no longer what was sent.
 */
export function readAgain(rows: EventRow[], vocabulary: Vocabulary): ReadAgain {
  const found: ReadAgain = { events: new Map(), unfit: [] };
  // whatever is called by a type's own name may have been read already
  const types = new Set([...vocabulary.names.values()].map((mapping) => mapping.type));
  for (const { id, source, type: name, data: sent } of rows) {
    if (!vocabulary.names.has(name) || types.has(name)) continue;
    const { type, data, faults } = meaningOf(name, sent, vocabulary);
    // no page shall come by orders later that it could not send
    const denied = source.startsWith("public:") && mayPost({ name: "", public: true }, type);
    if (AT_THE_DOOR.has(type) || denied) continue;
    if (faults.length > 0) found.unfit.push(id);
    else found.events.set(id, { id, type, data });
  }
  return found;
}
