import { sql } from "kysely";
import type { ActOutcome, Target } from "./audit.ts";
import { type Database, snapshot } from "./database.ts";

/** An act with what came of it. */
export interface AuditRow {
  nr: number;
  /** by the clock */
  at: Date;
  wall: Date;
  who: string;
  kind: "key" | "session" | "command" | "nobody";
  role: string | null;
  door: "api" | "cli";
  action: string;
  target: Target;
  /** null: still under way, or cut off by a crash */
  outcome: ActOutcome | null;
  request: string | null;
}

export interface AuditQuery {
  limit: number;
  /** older than the act of that number */
  after?: number;
  who?: string;
  action?: string;
  /** wall time */
  since?: Date;
}

/** Newest first. */
export async function listActs(db: Database, { limit, after, who, action, since }: AuditQuery): Promise<AuditRow[]> {
  const { rows } = await sql<AuditRow>`
    select a.nr, a.at, a.wall, a.who, a.kind, a.role, a.door, a.action, a.target || coalesce(o.target, '{}') as target,
      coalesce(o.outcome, a.outcome) as outcome, a.request
    from audit a left join audit o on o.begun = a.nr
    where a.begun is null
      ${after === undefined ? sql`` : sql`and a.nr < ${after}`} ${who === undefined ? sql`` : sql`and a.who = ${who}`}
      ${action === undefined ? sql`` : sql`and a.action = ${action}`}
      ${since === undefined ? sql`` : sql`and a.wall >= ${since}`}
    order by a.nr desc limit ${limit}`.execute(db);
  return rows;
}

/** An entry's number and hash: whoever has noted them elsewhere can tell whether what came before is still the same. */
export interface Anchor {
  nr: number;
  hash: string;
}

export interface Verification {
  intact: boolean;
  entries: number;
  end: Anchor;
  /** first entry that is not what it was, or is missing */
  broken: number | null;
}

/** Works out every hash anew. */
export async function verifyAudit(db: Database, anchor?: Anchor): Promise<Verification> {
  return snapshot(db, async (tx) => {
    const { rows: ends } = await sql<Anchor>`select nr, hash from audit_end`.execute(tx);
    const { rows } = await sql<{ entries: number; broken: number | null; last: number; hash: string }>`
      select count(*)::int as entries, coalesce(max(nr), 0) as last, coalesce((array_agg(hash order by nr desc))[1], '') as hash,
        min(place) filter (where nr <> place or hash <> wanted) as broken
      from (
        select a.nr, a.hash, row_number() over entries as place, audit_hash(a, lag(a.hash, 1, '') over entries) as wanted
        from audit a window entries as (order by a.nr)
      ) e`.execute(tx);
    const { entries, last, hash, broken } = rows[0]!;
    const end = ends[0]!;
    const known = anchor === undefined || (await isThere(anchor));
    const cut = last !== end.nr || hash !== end.hash ? last + 1 : null;
    const first = broken ?? cut ?? (known ? null : anchor.nr);
    return { intact: first === null, entries, end, broken: first };

    async function isThere({ nr, hash: noted }: Anchor): Promise<boolean> {
      const found = await sql`select 1 from audit where nr = ${nr} and hash = ${noted}`.execute(tx);
      return nr === 0 || found.rows.length > 0;
    }
  });
}
