import { type Client, ClientError, openClient, type OutgoingEvent } from "../../client/client.ts";
import type { Home } from "../../campaign/library.ts";
import type { Config } from "../../config.ts";
import { openWaker } from "../../delivery/lane.ts";
import { error, InputError } from "../../fault.ts";
import { parseCloudEvent } from "../../intake/cloud-event.ts";
import { loadVocabulary } from "../../operate/rules/vocabulary.ts";
import { reactToEvents } from "../../intake/react.ts";
import { rehearse } from "../../intake/rehearse.ts";
import type { Database } from "../../store/database.ts";
import { findEvent, insertEvents } from "../../store/event.ts";

/** With the id under which it can be looked up. */
export type NamedEvent = OutgoingEvent & { id: string; source: string };

export interface Sent {
  source: string;
  id: string;
  status: "accepted" | "duplicate";
  /** over HTTP to a server, or into the database by this process */
  way: "server" | "direct";
  /** what the event did; null: not known yet */
  reaction: Record<string, unknown> | null;
}

/**
 * Sends one event as a backend would: to the server when a key is given and one answers, else through the same intake
 * code into the database. @throws InputError when the event is refused
 */
export async function sendEvent(
  db: Database,
  config: Config,
  home: Home,
  event: NamedEvent,
  key: string | undefined,
): Promise<Sent> {
  if (key !== undefined) {
    const client = openClient({ url: config.publicUrl!, key, language: config.locale, patience: { retries: 0 } });
    try {
      return await post(client, event);
    } catch (failure) {
      if (!(failure instanceof ClientError)) throw failure;
      if (failure.status !== 0) throw refused(failure); // 0: nobody there
    }
  }
  return store(db, config, home, event);
}

/** What an event would do; nothing is stored. @throws InputError when it would be refused */
export async function tryEvent(db: Database, config: Config, home: Home, event: NamedEvent) {
  const parsed = parseCloudEvent({ specversion: "1.0", ...event }, await loadVocabulary(config.rules, home));
  if ("faults" in parsed) throw new InputError(parsed.faults);
  const [tried] = await rehearse(db, home, [parsed.event]);
  const { status, reaction } = tried!;
  if (status === "future" || status === "refused") throw new InputError([status === "future" ? FUTURE : UNSTORABLE]);
  return { source: event.source, id: event.id, status, reaction };
}

const FUTURE = error("/time", { en: "is more than 24 hours ahead", "zh-CN": "时间超前 24 小时以上" });
const UNSTORABLE = error("", { en: "the database cannot store this event", "zh-CN": "数据库无法保存该事件" });

const LOOKS = 30;

async function post(client: Client, event: NamedEvent): Promise<Sent> {
  const { events } = await client.post("/v1/events", { body: { specversion: "1.0", ...event } });
  for (let look = 0; look < LOOKS; look++) {
    const found = await client.get("/v1/events/{source}/{id}", { path: { source: event.source, id: event.id } });
    if (found.reacted) return { ...events[0]!, way: "server", reaction: found.reaction ?? {} };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { ...events[0]!, way: "server", reaction: null };
}

async function store(db: Database, config: Config, home: Home, event: NamedEvent): Promise<Sent> {
  const parsed = parseCloudEvent({ specversion: "1.0", ...event }, await loadVocabulary(config.rules, home));
  if ("faults" in parsed) throw new InputError(parsed.faults);
  const [status] = await insertEvents(db, [parsed.event]);
  if (status === "future") throw new InputError([FUTURE]);
  const waker = openWaker({ redisUrl: config.redisUrl!, prefix: config.schema });
  const reacting = {
    db,
    home,
    onStimuli: () => waker.wake("dispatch"),
    onReleased: () => waker.wake("deliver"),
  };
  try {
    while (await reactToEvents(reacting)) continue;
  } finally {
    await waker.close();
  }
  const found = await findEvent(db, event.source, event.id);
  return {
    source: event.source,
    id: event.id,
    status: status!,
    way: "direct",
    reaction: found?.reacted_at ? (found.reaction ?? {}) : null,
  };
}

function refused({ status, message, problem }: ClientError): InputError {
  const errors = problem.errors ?? [];
  if (errors.length === 0) return new InputError([error(`HTTP ${status}`, { en: message, "zh-CN": message })]);
  return new InputError(
    errors.map(({ pointer, detail, hint }) => {
      return error(
        pointer,
        { en: detail, "zh-CN": detail },
        hint === undefined ? undefined : { en: hint, "zh-CN": hint },
      );
    }),
  );
}
