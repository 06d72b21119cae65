import type { Home } from "../campaign/library.ts";
import type { Config } from "../config.ts";
import { openLane, openWaker } from "../delivery/lane.ts";
import type { Database } from "../store/database.ts";
import { faultFields, openLog } from "../watch/log.ts";
import { joinDue } from "./due.ts";
import { reactToEvents } from "./react.ts";
import { fillSeats } from "./seat.ts";

export interface Reactor {
  /** there are new events; does not go through Redis */
  kick(): void;
  /** lets the batch in hand be committed */
  stop(): Promise<void>;
}

const SWEEP_MS = 1_000;
const JOIN_MS = 500;

/** Reacts to events as they are received; any number of processes may do so at once. */
export function openReactor({ db, config, home }: { db: Database; config: Config; home: Home }): Reactor {
  const parts = { redisUrl: config.redisUrl!, prefix: config.schema };
  const waker = openWaker(parts);
  const log = openLog("react", config);
  let joinedAt = 0;
  const lane = openLane({
    ...parts,
    name: "react",
    sweepMs: SWEEP_MS,
    async handler() {
      const more = await reactToEvents({
        db,
        home,
        onStimuli: () => waker.wake("dispatch"),
        onReleased: () => waker.wake("deliver"),
        onMoved: () => {
          joinedAt = 0;
        },
      });
      // seats that this process, or another one that is gone, has freed
      if (!more && (await fillSeats(db)) > 0) waker.wake("dispatch");
      // due times are minutes; not each handful of events needs to ask
      if (more || Date.now() - joinedAt < JOIN_MS) return more;
      joinedAt = Date.now();
      const due = await joinDue(db);
      if (due.joined > 0) waker.wake("dispatch");
      if (due.more) joinedAt = 0;
      return due.more;
    },
    onError: (error) => log.error(faultFields(error), "a batch failed; it is tried again"),
  });
  return {
    kick: () => lane.kick(),
    async stop() {
      await lane.stop();
      await waker.close();
    },
  };
}
