import { sql } from "kysely";
import type { Database, Tx } from "./database.ts";

export const UPKEEP = ["score", "segments"] as const;
export type Upkeep = (typeof UPKEEP)[number];

/** What the worker does by itself, and how the latest time went. */
export interface Maintenance {
  what: Upkeep;
  /** null: off */
  cron: string | null;
  timezone: string | null;
  /** as Temporal said when it was last asked */
  nextAt: Date | null;
  beganAt: Date | null;
  /** null: it is running, or its worker died */
  endedAt: Date | null;
  outcome: "done" | "failed" | null;
  /** the step it is at; what it found, as counts; or the code of what went wrong: "rules" = they have faults */
  note: string | null;
}

export async function loadMaintenance(db: Database | Tx): Promise<Maintenance[]> {
  const { rows } = await sql<Maintenance>`
    select what, cron, timezone, next_at as "nextAt", began_at as "beganAt", ended_at as "endedAt", outcome, note
    from maintenance order by what`.execute(db);
  return rows;
}

export async function savePlanned(
  db: Database | Tx,
  { what, cron, timezone, nextAt }: Pick<Maintenance, "what" | "cron" | "timezone" | "nextAt">,
): Promise<void> {
  await sql`
    insert into maintenance (what, cron, timezone, next_at) values (${what}, ${cron}, ${timezone}, ${nextAt})
    on conflict (what) do update
      set cron = excluded.cron, timezone = excluded.timezone, next_at = excluded.next_at`.execute(db);
}

export async function noteNext(db: Database | Tx, what: Upkeep, nextAt: Date | null): Promise<void> {
  await sql`update maintenance set next_at = ${nextAt} where what = ${what}`.execute(db);
}

export async function noteBegun(db: Database | Tx, what: Upkeep, at: Date): Promise<void> {
  await sql`
    insert into maintenance (what, began_at) values (${what}, ${at})
    on conflict (what) do update set began_at = excluded.began_at, ended_at = null, outcome = null, note = null`.execute(
    db,
  );
}

/** Where it is; seen at once, although what it does is not yet. */
export async function noteStep(db: Database | Tx, what: Upkeep, step: string): Promise<void> {
  await sql`update maintenance set note = ${step} where what = ${what} and ended_at is null`.execute(db);
}

export async function noteEnded(
  db: Database | Tx,
  what: Upkeep,
  ended: { at: Date; outcome: "done" | "failed"; note: string },
): Promise<void> {
  await sql`
    update maintenance set ended_at = ${ended.at}, outcome = ${ended.outcome}, note = ${ended.note}
    where what = ${what}`.execute(db);
}
