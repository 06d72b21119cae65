import { sql } from "kysely";
import type { Database, Tx } from "./database.ts";

/** Somebody came into a segment that a campaign waits for, or went. */
export interface SegmentChange {
  id: number;
  segment: string;
  /** internal id */
  customer: number;
  way: "in" | "out";
  at: Date;
}

/**
 * Takes the oldest changes that nobody has acted on; they are taken for good once the caller's transaction, in which it
 * acts on them, commits. Several may take at once. Those who were members when a segment was first looked at, or came by
 * a change of its rule, have not come in and are not among them.
 */
export async function takeSegmentChanges(tx: Tx, limit: number, at: Date): Promise<SegmentChange[]> {
  const { rows } = await sql<SegmentChange>`
    update segment_changes c set taken_at = ${at}
    from (select id from segment_changes where taken_at is null order by id limit ${limit} for update skip locked) open
    where c.id = open.id
    returning c.id, c.segment, c.customer, c.way, c.at`.execute(tx);
  return rows.toSorted((a, b) => a.id - b.id);
}

/** What was acted on before a moment is of no more use; who was in a segment when is kept elsewhere. */
export async function forgetTakenChanges(db: Database | Tx, before: Date): Promise<void> {
  await sql`delete from segment_changes where taken_at < ${before}`.execute(db);
}
