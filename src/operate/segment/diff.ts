import { refuse } from "../../fault.ts";
import type { Database } from "../../store/database.ts";
import {
  type Look,
  lookAtSegment,
  lookBefore,
  type Moved,
  movedBetween,
  type Stay,
  staysAt,
} from "../../store/membership.ts";
import { saveScheduled } from "../../store/segment-watch.ts";
import { ruleOf, type SegmentLibrary } from "./segment.ts";

export interface SegmentDiff {
  segment: string;
  /** absent: this was the first look, so that nobody can have come or gone */
  from?: Date;
  to: Date;
  members: number;
  entered: Moved[];
  left: Moved[];
}

/**
 * Who came into a segment and who left it since the look before, or since the latest look at or before `since`. Looks now,
 * and keeps what it finds.
 * @throws InputError when there is no such segment, or nobody had looked at it by then
 */
export async function segmentDiff(
  db: Database,
  library: SegmentLibrary,
  id: string,
  asked: { since?: Date; limit: number },
): Promise<SegmentDiff> {
  const look = await lookAt(db, library, id);
  const from = asked.since ? await lookBefore(db, id, asked.since) : (look.before ?? undefined);
  if (asked.since && !from) throw notLooked(id);
  const base = { segment: id, to: look.at, members: look.members };
  if (!from) return { ...base, entered: [], left: [] };
  const between = { from, to: look.at, limit: asked.limit };
  const entered = await movedBetween(db, id, "in", between);
  const left = await movedBetween(db, id, "out", between);
  return { ...base, from, entered, left };
}

/**
 * Who was in a segment at a moment, as was found then: by scores and traits that may be others today.
 * @throws InputError when nobody had looked at it by then
 */
export async function membersThen(
  db: Database,
  id: string,
  at: Date,
  page: { after?: string; limit: number },
): Promise<Stay[]> {
  if (!(await lookBefore(db, id, at))) throw notLooked(id);
  return staysAt(db, id, at, page);
}

function notLooked(id: string): Error {
  return refuse(
    id,
    { en: "nobody had looked at this segment by then", "zh-CN": "当时尚未查看过该分群" },
    { en: "membership is kept from the first look on", "zh-CN": "成员记录自首次查看起保留" },
  );
}

/**
 * Looks at every segment of the library, one after the other. `scheduled`: somebody does so again and again, so that from
 * now on intake also looks at customers as their events come.
 */
export async function lookAtAll(
  db: Database,
  library: SegmentLibrary,
  {
    scheduled = false,
    onSegment = () => undefined,
  }: { scheduled?: boolean; onSegment?: (segment: string) => void } = {},
): Promise<(Look & { segment: string })[]> {
  const looks: (Look & { segment: string })[] = [];
  for (const segment of Object.keys(library.segments).toSorted()) {
    onSegment(segment);
    looks.push({ segment, ...(await lookAt(db, library, segment)) });
  }
  if (scheduled) await saveScheduled(db, Object.keys(library.segments));
  return looks;
}

function lookAt(db: Database, library: SegmentLibrary, id: string): Promise<Look> {
  return lookAtSegment(db, id, { rule: ruleOf(library, id), homeZone: library.home.timezone });
}
