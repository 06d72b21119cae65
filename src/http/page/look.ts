import { now } from "../../store/clock.ts";
import type { Database } from "../../store/database.ts";
import {
  type ChallengeKey,
  type ChallengeView,
  loadChallengeViews,
  loadVisits,
  type PageLink,
  type PageVisit,
} from "../../store/hosted-page.ts";
import { openGather } from "../gather.ts";

/** What pages look up, gathered over the requests that come at the same time. */
export interface Look {
  /** clock time, read after it was asked for */
  now(): Promise<Date>;
  visit(link: PageLink): Promise<PageVisit | undefined>;
  challenge(key: ChallengeKey): Promise<ChallengeView | undefined>;
}

export function openLook(db: Database): Look {
  const clock = openGather<null, Date>(async (keys) => {
    const at = await now(db);
    return keys.map(() => at);
  });
  return {
    now: () => clock(null),
    visit: openGather((links: PageLink[]) => loadVisits(db, links)),
    challenge: openGather((keys: ChallengeKey[]) => loadChallengeViews(db, keys)),
  };
}
