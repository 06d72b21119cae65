import { sql } from "kysely";
import type { Minute } from "../campaign/program.ts";
import { refuse } from "../fault.ts";
import { minuteOf, readClock, setClock, timeOf } from "../store/clock.ts";
import { nextJoinMinute, joinsDue } from "../intake/due.ts";
import { linesDue } from "../store/line-look.ts";
import { type Database, transaction } from "../store/database.ts";

/**
 * The stepped clock of a demo database (design section 9): it stands still until all is quiet, then is put forward to
 * the next minute at which something is due.
 */

/** Makes this a demo database whose clock stands at `at`. Refused once real messages have left. */
export async function freezeClock(db: Database, at: Date): Promise<void> {
  const { rows } = await sql<{ used: boolean }>`
    select exists (select 1 from messages) and (select rate = 1 from clock) as used`.execute(db);
  if (rows[0]!.used) {
    throw refuse("clock", {
      en: "this database has sent real messages; a demo needs a home of its own (REKINDLE_HOME)",
      "zh-CN": "此数据库已发送过真实消息；演示需使用独立的目录（REKINDLE_HOME）",
    });
  }
  await setClock(db, at, 0);
}

/** What still moves; all zero: quiet. */
export interface Stir {
  events: number;
  stimuli: number;
  cohorts: number;
  messages: number;
  /** to other systems: on a demo clock they are withheld, which journeys wait to hear */
  webhooks: number;
  runs: number;
  joins: number;
  /** in which somebody may be let in */
  lines: number;
}

export async function stir(db: Database): Promise<Stir> {
  const { rows } = await sql<Omit<Stir, "joins" | "lines">>`
    with at as (select virtual_anchor as now from clock)
    select
      (select count(*) from events where reacted_at is null)::int as events,
      (select count(*) from stimuli where sent_at is null)::int as stimuli,
      (select count(*) from cohorts where status = 'starting'
         or (status = 'live' and parked_number is distinct from last_number))::int as cohorts,
      -- two scans of two partial indexes: a scan of both together would see every message that left lately
      (select count(*) from messages where status in ('claimed', 'sending'))::int
        + (select count(*) from messages where status = 'pending' and not_before <= (select now from at))::int as messages,
      (select count(*) from webhook_calls where status in ('pending', 'claimed'))::int as webhooks,
      (select count(*) from runs where status = 'starting')::int as runs`.execute(db);
  return { ...rows[0]!, joins: await joinsDue(db), lines: (await linesDue(db)).due };
}

/** The next minute at which a cohort or a message has work, or somebody joins a standing run or enters from a line; null: none. */
export async function nextDueMinute(db: Database): Promise<Minute | null> {
  const { rows } = await sql<{ cohort: number | null; message: Date | null }>`
    select (select min(parked_due) from cohorts where status = 'live') as cohort,
           (select min(not_before) from messages where status = 'pending') as message`.execute(db);
  const { cohort, message } = rows[0]!;
  const { next: entry } = await linesDue(db);
  const due = [cohort, message && minuteAfter(message), await nextJoinMinute(db), entry && minuteAfter(entry)].filter(
    (minute) => minute !== null,
  );
  return due.length > 0 ? Math.min(...due) : null;
}

function minuteAfter(time: Date): Minute {
  return Math.ceil(time.getTime() / 60_000);
}

/** Puts the clock forward and stores a `clock` stimulus for each cohort that has work by then; wake "dispatch" afterwards. */
export async function stepClock(db: Database, to: Minute): Promise<void> {
  await transaction(db, async (tx) => {
    const { now, rate } = await readClock(tx);
    if (rate !== 0) throw new Error("only a stepped clock can be put forward");
    if (to < minuteOf(now)) throw new Error("the clock does not go back");
    await setClock(tx, timeOf(to), 0);
    await sql`
      insert into stimuli (run, cohort, member, body, created_at)
      select run, cohort, -1, jsonb_build_object('kind', 'clock', 'at', ${to}::int), ${timeOf(to)}
      from cohorts where status = 'live' and parked_due <= ${to}`.execute(tx);
  });
}
