import type { Redis } from "ioredis";
import type { Home } from "../campaign/library.ts";
import type { Text } from "../campaign/program.ts";
import type { Config } from "../config.ts";
import type { Receiver } from "../intake/receive.ts";
import type { Vocabulary } from "../intake/vocabulary.ts";
import type { LaneName } from "../delivery/lane.ts";
import type { RulesRead } from "./rules.ts";
import type { Database } from "../store/database.ts";
import type { TemporalDoor } from "./temporal.ts";
import type { Part } from "../watch/readiness.ts";

/** What routes work with. */
export interface Parts {
  db: Database;
  /** redisUrl and secret filled in; `rules` is the folder, read anew for every request that needs it */
  config: Config;
  home: Home;
  receiver: Receiver;
  /** rules/ as it is now, read whole */
  library: () => Promise<RulesRead>;
  /** what names of events, fields and traits mean, as rules/ says by now */
  vocabulary: () => Vocabulary;
  /** what it stands on and how to mend it; a process that cannot tell says nothing */
  doctor: () => Promise<{ what: string; ok: boolean; detail: Text; hint?: Text }[]>;
  redis: Redis;
  temporal: TemporalDoor;
  /** there is work for another lane: stimuli to send, messages to deliver */
  wake: (lane: LaneName) => void;
  /** parts without which this process can do less, or nothing */
  standsOn: Part[];
  /** it has been told to end */
  stopping: () => boolean;
  /** what this process counts, as Prometheus reads it */
  metrics: () => Promise<string>;
  /** whether others than this machine can ask */
  reachable: "here" | "elsewhere";
}
