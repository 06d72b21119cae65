import { randomUUID } from "node:crypto";
import type { Channel } from "../channel/channel.ts";
import { openChannels, refuseDemoClock } from "../channel/configured.ts";
import type { Config } from "../config.ts";
import { readClock } from "../store/clock.ts";
import type { Database } from "../store/database.ts";
import { claimMessages, recoverLeases, releaseClaims, returnTokens, takeTokens } from "../store/message-claim.ts";
import { readBrand } from "../template/brand.ts";
import { faultFields, openLog } from "../watch/log.ts";
import { countFrom0, sendBatch } from "./batch.ts";
import { openLane, openWaker } from "./lane.ts";
import { openNotices } from "./notice.ts";
import { openWebhooks } from "./webhook.ts";

export interface DeliveryOptions {
  db: Database;
  config: Config;
  /** signs links in messages */
  secret: string;
  /** how long (wall time) a process that is gone holds its messages */
  leaseMs?: number;
  sweepMs?: number;
  /** holds the secrets of webhooks; the process's own when left out */
  env?: Record<string, string | undefined>;
  onError?: (error: unknown) => void;
}

const MOST = 500;
const LEAST = 20;
/** No more is claimed than leaves within this time. */
const AHEAD_SECONDS = 5;

/**
 * Brings pending messages to their channels until stopped; any number of processes may do so at once.
 * @throws ServiceError on a demo clock, unless all mail goes to the local inbox
 */
export async function openDelivery(options: DeliveryOptions): Promise<{ stop(): Promise<void> }> {
  const { db, config, secret } = options;
  const leaseMs = options.leaseMs ?? 120_000;
  refuseDemoClock(config, (await readClock(db)).rate);
  const channels = openChannels(config);
  channels.forEach(countFrom0);
  const brand = await readBrand(config.rules);
  const by = randomUUID();
  const publicUrl = config.publicUrl ?? `http://127.0.0.1:${config.port}`;
  const pace = new Map<string, number>();
  let stopping = false;
  let recovered = 0;
  let broken = false;

  async function handler(): Promise<boolean> {
    if (Date.now() - recovered > leaseMs / 4) {
      await recoverLeases(db);
      recovered = Date.now();
    }
    // a claim that was committed, of which a lost connection did not tell
    if (broken) await releaseClaims(db, by);
    broken = true;
    let more = false;
    for (const channel of channels) more = (await deliver(channel)) || more;
    broken = false;
    return more;
  }

  async function deliver(channel: Channel): Promise<boolean> {
    const clock = await readClock(db);
    refuseDemoClock(config, clock.rate);
    const limit = await grant(channel.name);
    if (limit === 0) return false;
    const claimed = await claimMessages(db, { channel: channel.name, at: clock.now, limit, by, leaseMs });
    if (config.mailPerSecond !== undefined) await returnTokens(db, channel.name, limit - claimed.length);
    if (claimed.length === 0) return false;
    const started = performance.now();
    const sender = { db, brand, secret, publicUrl, channel, by, leaseMs, stopping: () => stopping };
    const { down } = await sendBatch(sender, claimed, clock.now);
    pace.set(channel.name, claimed.length / ((performance.now() - started) / 1000));
    return !down && claimed.length === limit;
  }

  /** How many to claim: what the channel's rate allows, and what this process lately sent in a few seconds. */
  async function grant(channel: string): Promise<number> {
    const ahead = Math.round((pace.get(channel) ?? MOST) * AHEAD_SECONDS);
    const wanted = Math.max(LEAST, Math.min(MOST, ahead));
    return config.mailPerSecond === undefined ? wanted : takeTokens(db, channel, config.mailPerSecond, wanted);
  }

  const log = openLog("deliver", config);
  const lane = openLane({
    redisUrl: config.redisUrl!,
    prefix: config.schema,
    name: "deliver",
    handler,
    sweepMs: options.sweepMs ?? 1_000,
    onError: options.onError ?? ((error) => log.error(faultFields(error), "a batch failed; it is tried again")),
  });
  lane.kick();
  const waker = openWaker({ redisUrl: config.redisUrl!, prefix: config.schema });
  const webhooks = openWebhooks({
    db,
    config,
    env: options.env ?? process.env,
    onStimuli: () => waker.wake("dispatch"),
    onError: options.onError ?? ((error) => log.error(faultFields(error), "calls failed; they are tried again")),
    ...(options.leaseMs !== undefined && { leaseMs: options.leaseMs }),
    ...(options.sweepMs !== undefined && { sweepMs: options.sweepMs }),
  });
  const notices = openNotices({
    db,
    config,
    secret,
    onError:
      options.onError ?? ((error) => log.error(faultFields(error), "a subscriber was not told; it is tried again")),
    onPause: (subscription, reason) => log.error({ subscription, reason }, "a subscription is paused"),
    ...(options.leaseMs !== undefined && { leaseMs: options.leaseMs }),
    ...(options.sweepMs !== undefined && { sweepMs: options.sweepMs }),
  });
  return {
    async stop() {
      stopping = true;
      await Promise.all([lane.stop(), webhooks.stop(), notices.stop()]);
      await waker.close();
      await Promise.all(channels.map((channel) => channel.close()));
    },
  };
}
