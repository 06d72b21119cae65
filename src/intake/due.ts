import { sql } from "kysely";
import type { Minute } from "../campaign/program.ts";
import { now } from "../store/clock.ts";
import type { Database } from "../store/database.ts";
import { dueLooks, joinByDates } from "./date-join.ts";
import { joinBySegments } from "./segment-join.ts";
import { joinSettled } from "./settled.ts";

/** Everybody joins whose time has come. @returns how many, and whether there may be more */
export async function joinDue(db: Database): Promise<{ joined: number; more: boolean }> {
  const parts = [await joinBySegments(db), await joinSettled(db), await joinByDates(db)];
  return { joined: parts.reduce((sum, part) => sum + part.joined, 0), more: parts.some((part) => part.more) };
}

/** For a clock that is stepped: what `joinDue` has still to do. */
export async function joinsDue(db: Database): Promise<number> {
  const { rows } = await sql<{ due: number }>`
    select ((select count(*) from settling where due <= ${await now(db)})
      + (select count(*) from segment_changes where taken_at is null))::int as due`.execute(db);
  return rows[0]!.due + (await dueLooks(db)).due;
}

/** For a clock that is stepped: the next minute at which `joinDue` has something to do; null: none. */
export async function nextJoinMinute(db: Database): Promise<Minute | null> {
  const { rows } = await sql<{ due: Date | null }>`select min(due) as due from settling`.execute(db);
  const minutes = [rows[0]!.due && Math.ceil(rows[0]!.due.getTime() / 60_000), (await dueLooks(db)).next];
  const next = minutes.filter((minute) => minute !== null);
  return next.length > 0 ? Math.min(...next) : null;
}
