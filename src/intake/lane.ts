import type { Home } from "../campaign/library.ts";
import type { Config } from "../config.ts";
import { openLane, openWaker } from "../delivery/lane.ts";
import type { Database } from "../store/database.ts";
import { faultFields, openLog } from "../watch/log.ts";
import { reactToBacklog } from "./backlog.ts";
import { joinDue } from "./due.ts";
import { forgetVisitors } from "./forget.ts";
import { fillSeats } from "./seat.ts";

export interface Reactor {
  /** so many new events were stored together; does not go through Redis */
  kick(events: number): void;
  /** lets the batch in hand be committed */
  stop(): Promise<void>;
}

const SWEEP_MS = 1_000;
const JOIN_MS = 500;
const FORGET_MS = 3_600_000;

/** So many events stored together may have queued up behind one another. */
const CROWD = 64;
const CROWD_MS = 50;
/** This share of its time at work, a process has more to do than it can; below it, crowds only wait for the disk. */
const BUSY = 0.8;
const LOOK_MS = 20;
const GIVE_WAY_MS = 600;
/** of what the last batch took */
const GIVE_WAY_TIMES = 1.5;

/** Reacts to events as they are received; any number of processes may do so at once. */
export function openReactor({ db, config, home }: { db: Database; config: Config; home: Home }): Reactor {
  const parts = { redisUrl: config.redisUrl!, prefix: config.schema };
  const waker = openWaker(parts);
  const log = openLog("react", config);
  let joinedAt = 0;
  let forgotAt = -Infinity;
  let crowdAt = -Infinity;
  let tookMs = 0;

  /** Whoever posts waits for an answer, a reaction can wait a moment; what gathers meanwhile is cheaper together. */
  async function giveWay() {
    const most = Math.min(GIVE_WAY_MS, GIVE_WAY_TIMES * tookMs);
    for (const until = performance.now() + most; performance.now() < until;) {
      if (performance.now() - crowdAt > CROWD_MS) return;
      // without the last batch: that would make posts queue up, give way to them, and have more to do the next time
      const before = performance.eventLoopUtilization();
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      if (performance.eventLoopUtilization(before).utilization < BUSY) return;
    }
  }
  const lane = openLane({
    ...parts,
    name: "react",
    sweepMs: SWEEP_MS,
    async handler() {
      await giveWay();
      const began = performance.now();
      const more = await reactToBacklog({
        db,
        home,
        onStimuli: () => waker.wake("dispatch"),
        onReleased: () => waker.wake("deliver"),
        onMoved: () => {
          joinedAt = 0;
        },
      });
      tookMs = performance.now() - began;
      // seats that this process, or another one that is gone, has freed
      if (!more && (await fillSeats(db)) > 0) waker.wake("dispatch");
      // due times are minutes; not each handful of events needs to ask
      if (more || Date.now() - joinedAt < JOIN_MS) return more;
      joinedAt = Date.now();
      const due = await joinDue(db);
      if (due.joined > 0) waker.wake("dispatch");
      if (due.more) joinedAt = 0;
      if (due.more || performance.now() - forgotAt < FORGET_MS) return due.more;
      const old = await forgetVisitors(db, home);
      if (!old) forgotAt = performance.now();
      return old;
    },
    onError: (error) => log.error(faultFields(error), "a batch failed; it is tried again"),
  });
  return {
    kick(events) {
      if (events >= CROWD) crowdAt = performance.now();
      lane.kick();
    },
    async stop() {
      await lane.stop();
      await waker.close();
    },
  };
}
