import { withoutAddresses } from "../../intake/identity-data.ts";
import type { Reaction } from "../../intake/reaction.ts";
import type { EventView } from "../../store/event.ts";

/** A stored event as the API and `--json` show it: the CloudEvent, and what became of it. */
export interface ShownEvent {
  specversion: "1.0";
  source: string;
  id: string;
  type: string;
  /** customer_id, as posted */
  subject: string;
  time: Date;
  data: Record<string, unknown>;
  received: Date;
  /** null: not yet */
  reacted: Date | null;
  reaction: Reaction | null;
}

export function shownEvent(found: EventView): ShownEvent {
  return {
    specversion: "1.0",
    source: found.source,
    id: found.event_id,
    type: found.type,
    subject: found.customer_id,
    time: found.occurred_at,
    data: withoutAddresses(found.type, found.data),
    received: found.received_at,
    reacted: found.reacted_at,
    reaction: found.reaction as Reaction | null,
  };
}
