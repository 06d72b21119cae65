import { randomUUID } from "node:crypto";
import { post } from "../channel/webhook.ts";
import type { Config } from "../config.ts";
import { readClock } from "../store/clock.ts";
import { type Database, transaction } from "../store/database.ts";
import {
  claimSubscriptions,
  type ClaimedSubscription,
  forgetNotices,
  type Notice,
  releaseSubscription,
  storeNotices,
  takeNotices,
} from "../store/notice.ts";
import { unseal } from "../store/sealed.ts";
import { openLane } from "./lane.ts";
import { letterOf } from "./letter.ts";
import { type Progress, progressOf } from "./progress.ts";

export interface NoticeOptions {
  db: Database;
  config: Config;
  /** opens the subscriptions' secrets */
  secret: string;
  /** how long (wall time) a process that is gone holds a subscription; more than a request may take */
  leaseMs?: number;
  sweepMs?: number;
  timeoutMs?: number;
  /** first distance between tries */
  backoffMs?: number;
  /** for how long an event is offered again, and a subscriber may fail without a break; a day */
  patienceMs?: number;
  onError: (error: unknown) => void;
  /** called when a subscription was paused because of what its other side does */
  onPause?: (subscription: string, reason: string) => void;
}

const SUBSCRIPTIONS = 50;
const MOST = 100;
/** What was done is stored this often; a process that dies repeats no more than that. */
const STORE_MS = 1_000;
const FORGET_MS = 600_000;

/**
 * Tells subscribers what happened, until stopped: each in order, one request at a time, so that one who is slow keeps
 * nobody else waiting. Any number of processes may do so at once.
 */
export function openNotices(options: NoticeOptions): { kick(): void; stop(): Promise<void> } {
  const { db, config, leaseMs = 60_000 } = options;
  const by = randomUUID();
  const busy = new Map<string, Promise<void>>();
  let stopping = false;
  let forgot = Date.now();

  async function handler(): Promise<boolean> {
    if (Date.now() - forgot > FORGET_MS) {
      forgot = Date.now();
      await forgetNotices(db);
    }
    // on a demo clock nothing leaves
    if (stopping || busy.size >= SUBSCRIPTIONS || (await readClock(db)).rate !== 1) return false;
    for (const claimed of await claimSubscriptions(db, by, SUBSCRIPTIONS - busy.size, leaseMs)) {
      const work = serve(claimed)
        .catch(async (error) => {
          options.onError(error);
          await releaseSubscription(db, by, claimed.id).catch(() => undefined);
        })
        .finally(() => busy.delete(claimed.id));
      busy.set(claimed.id, work);
    }
    return false;
  }

  async function serve(claimed: ClaimedSubscription): Promise<void> {
    const secrets = claimed.secrets.flatMap((sealed) => unseal(sealed, options.secret) ?? []);
    const progress = progressOf(claimed, options);
    if (secrets.length === 0) progress.giveUp("secret-unreadable");
    while (!stopping && !progress.over()) {
      const notices = await takeNotices(db, by, claimed.id, MOST, leaseMs);
      if (notices.length === 0) break;
      await offer(claimed, secrets, notices, progress);
      if (!(await store(claimed, progress))) return;
    }
    if (secrets.length === 0) await store(claimed, progress);
    await releaseSubscription(db, by, claimed.id);
  }

  /** Tells what it can in a second, in order. */
  async function offer(target: ClaimedSubscription, secrets: string[], notices: Notice[], progress: Progress) {
    const end = Date.now() + STORE_MS;
    for (let from = 0; from < notices.length && Date.now() < end && !stopping && !progress.over();) {
      const group = progress.next(notices, from);
      const letter = letterOf(group, config.schema, target.batch > 1);
      const { timeoutMs = 10_000 } = options;
      const posted = await post({ ...letter, url: target.url, secret: secrets, timeoutMs }, config.webhookPrivateHosts);
      if (progress.note(group, posted)) from += group.length;
    }
  }

  async function store(claimed: ClaimedSubscription, progress: Progress): Promise<boolean> {
    const { results, standing } = progress.take();
    const stored = await transaction(db, (tx) => storeNotices(tx, by, claimed.id, results, standing));
    if (stored && standing.pause !== null) options.onPause?.(claimed.id, standing.pause);
    return stored;
  }

  const lane = openLane({
    redisUrl: config.redisUrl!,
    prefix: config.schema,
    name: "notice",
    sweepMs: options.sweepMs ?? 1_000,
    onError: options.onError,
    handler,
  });
  return {
    kick: () => lane.kick(),
    async stop() {
      stopping = true;
      await lane.stop();
      await Promise.all(busy.values());
    },
  };
}
