import { Gauge, Registry } from "prom-client";

/** Work that is stored and waits; ages in seconds, 0 when there is none. */
export interface Backlog {
  events: { count: number; age: number };
  stimuli: { count: number; age: number };
  /** due messages by channel */
  messages: { channel: string; count: number; age: number }[];
}

const KEPT_MS = 5_000;
/** has a figure also while nothing waits */
const USUAL_CHANNEL = "email";

/** Gauges of what waits in the database, asked when somebody asks for metrics and not more than every five seconds. */
export function openBacklogMetrics(read: () => Promise<Backlog>): Registry {
  const registers = [new Registry()];
  let kept: { until: number; backlog: Promise<Backlog> } | undefined;
  function backlog(): Promise<Backlog> {
    if (kept && kept.until > Date.now()) return kept.backlog;
    kept = { until: Date.now() + KEPT_MS, backlog: read() };
    return kept.backlog;
  }
  function gauge(
    name: string,
    help: string,
    set: (gauge: Gauge<"channel">, found: Backlog) => void,
    byChannel = false,
  ) {
    new Gauge({
      name,
      help,
      registers,
      labelNames: byChannel ? (["channel"] as const) : [],
      async collect() {
        this.reset();
        const found = await backlog().catch(() => undefined);
        if (found && byChannel) this.set({ channel: USUAL_CHANNEL }, 0);
        if (found) set(this, found);
        // without the database there is no figure rather than one that says all is well
        else if (!byChannel) this.remove();
      },
    });
  }
  const age = "; age of the oldest, in clock seconds";
  gauge("rekindle_events_unreacted", "events that nobody has reacted to", (to, { events }) => to.set(events.count));
  gauge("rekindle_events_unreacted_age_seconds", `events without a reaction${age}`, (to, { events }) =>
    to.set(events.age),
  );
  gauge("rekindle_stimuli_unsent", "stimuli that may go and have not gone", (to, { stimuli }) => to.set(stimuli.count));
  gauge("rekindle_stimuli_unsent_age_seconds", `stimuli not sent${age}`, (to, { stimuli }) => to.set(stimuli.age));
  gauge(
    "rekindle_messages_due",
    "messages that are due and have not left, by channel",
    (to, { messages }) => messages.forEach(({ channel, count }) => to.set({ channel }, count)),
    true,
  );
  gauge(
    "rekindle_messages_due_age_seconds",
    `messages not sent, by channel${age}`,
    (to, { messages }) => messages.forEach(({ channel, age: seconds }) => to.set({ channel }, seconds)),
    true,
  );
  return registers[0]!;
}
