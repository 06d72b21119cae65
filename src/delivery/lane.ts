import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { laneErrors, laneSeconds } from "../watch/metrics.ts";

export type LaneName = "react" | "dispatch" | "deliver" | "webhook" | "notice";

export interface LaneOptions {
  redisUrl: string;
  /** keeps installations that share a Redis apart; the config's schema */
  prefix: string;
  name: LaneName;
  /** works on up to 500 rows; true = there may be more. What it throws goes to `onError`; the next wake or sweep tries again. */
  handler: () => Promise<boolean>;
  /** the handler also runs this often by itself, so that a dead Redis delays work but never stops it */
  sweepMs: number;
  onError?: (error: unknown) => void;
}

export interface Lane {
  /** wakes this process's own handler, without Redis */
  kick(): void;
  /** lets the batch in hand finish, then resolves */
  stop(): Promise<void>;
}

export interface Waker {
  /** Never throws and never blocks. A wake-up while the lane is busy makes it look again afterwards. */
  wake(name: LaneName): void;
  /** gives wake-ups in flight half a second */
  close(): Promise<void>;
}

/** How many processes one lane's work may spread over. */
const SLOTS = 16;

export function openLane(options: LaneOptions): Lane {
  const redis = connect(options.redisUrl);
  const queue = openQueue(redis, options.prefix, options.name);
  const report = options.onError ?? (() => undefined);
  laneErrors.inc({ lane: options.name }, 0);
  let working: Promise<void> | undefined;
  let again = false;
  let stopping = false;

  /** One loop per process; whoever comes while it runs makes it go round once more. */
  function work(slot: number): Promise<void> {
    again = true;
    working ??= loop(slot);
    return working;
  }
  async function loop(slot: number) {
    await Promise.resolve(); // so that `working` is set before it is cleared
    while (again && !stopping) {
      again = false;
      try {
        while (await timed()) {
          if (stopping) {
            again = true;
            break;
          }
          spread(slot + 1);
        }
      } catch (error) {
        laneErrors.inc({ lane: options.name });
        report(error);
      }
    }
    working = undefined;
  }
  async function timed(): Promise<boolean> {
    const end = laneSeconds.startTimer({ lane: options.name });
    try {
      return await options.handler();
    } finally {
      end();
    }
  }
  /** More work than one batch: an idle process, if there is one, takes the next slot. */
  function spread(slot: number) {
    if (slot >= SLOTS || redis.status !== "ready") return;
    queue.add("spread", { slot }, { deduplication: { id: `slot-${slot}` } }).catch(() => undefined);
  }

  const worker = new Worker<{ slot?: number }>(options.name, (job) => work(job.data.slot ?? 0), {
    connection: redis,
    prefix: keyPrefix(options.prefix),
    skipVersionCheck: true,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
    // a process that dies with a wake-up in hand holds up the next ones only this long, and the sweep not at all
    lockDuration: 10_000,
    stalledInterval: 5_000,
    maxStalledCount: 1_000_000,
    runRetryDelay: 1_000,
  });
  worker.on("error", () => undefined);

  let timer: NodeJS.Timeout;
  function sweepLater() {
    // spread, so that many processes do not ask at the same moment
    timer = setTimeout(
      () => {
        void work(0);
        sweepLater();
      },
      options.sweepMs * (0.75 + Math.random() / 2),
    );
  }
  sweepLater();

  return {
    kick: () => void work(0),
    async stop() {
      stopping = true;
      clearTimeout(timer);
      const closing = worker.close(); // takes no more jobs, and waits for the one in hand
      await working;
      await within(2_000, closing);
      // what this process leaves undone, another one shall do now rather than at its next sweep
      if (again) await within(500, add(queue, options.name));
      await within(500, queue.close());
      redis.disconnect();
    },
  };
}

interface WakingLane {
  queue: Queue;
  again: boolean;
  sending?: Promise<void>;
}

export function openWaker(options: { redisUrl: string; prefix: string }): Waker {
  const redis = connect(options.redisUrl);
  const lanes = new Map<LaneName, WakingLane>();

  // one add in flight per lane: a thousand wake-ups in a burst are two commands
  async function send(lane: WakingLane, name: LaneName) {
    await Promise.resolve(); // so that `sending` is set before it is cleared
    while (lane.again) {
      lane.again = false;
      await add(lane.queue, name).catch(() => undefined);
    }
    delete lane.sending;
  }
  return {
    wake(name) {
      const lane = lanes.get(name) ?? { queue: openQueue(redis, options.prefix, name), again: false };
      lanes.set(name, lane);
      lane.again = true;
      lane.sending ??= send(lane, name);
    },
    async close() {
      await within(500, Promise.all([...lanes.values()].map(async (lane) => lane.sending)));
      await within(500, Promise.all([...lanes.values()].map((lane) => lane.queue.close())));
      redis.disconnect();
    },
  };
}

function connect(url: string): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 100, 1_000),
  });
  redis.on("error", () => undefined); // it reconnects by itself
  return redis;
}

function openQueue(redis: Redis, prefix: string, name: LaneName): Queue {
  const queue = new Queue(name, {
    connection: redis,
    prefix: keyPrefix(prefix),
    skipVersionCheck: true,
    streams: { events: { maxLen: 10 } },
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  });
  queue.on("error", () => undefined);
  return queue;
}

/** At most one waits, and one more is kept while one is being worked on. */
async function add(queue: Queue, name: LaneName): Promise<void> {
  await queue.add("wake", {}, { deduplication: { id: name, keepLastIfActive: true } });
}

function keyPrefix(prefix: string): string {
  return `rekindle:${prefix}`;
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}
