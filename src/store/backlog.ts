import { sql } from "kysely";
import type { Backlog } from "../watch/backlog.ts";
import { CLOCK_NOW } from "./clock.ts";
import type { Database } from "./database.ts";

/** Beyond this a queue is only said to be at least so long: to count on would cost more than it tells. */
const MOST = 100_000;

/** What is stored and waits, in one statement over the partial indexes of what waits. */
export async function readBacklog(db: Database): Promise<Backlog> {
  const { rows } = await sql<Backlog>`
    with c as (select ${CLOCK_NOW} as now, rate from clock),
    e as (select received_at from events where reacted_at is null order by id limit ${MOST}),
    s as (
      select created_at from stimuli, c
      where sent_at is null and send_after <= case when rate = 0 then 'infinity' else now end limit ${MOST}
    ),
    m as (
      select channel, count(*)::int as count, greatest(0, extract(epoch from max(now - not_before)))::float8 as age
      from (
        select m.channel, m.not_before, now from messages m join runs r on r.id = m.run, c
        where m.status = 'pending' and m.not_before <= c.now and r.status <> 'paused' limit ${MOST}
      ) due group by channel
    )
    select
      (select jsonb_build_object('count', count(*), 'age', greatest(0, coalesce(extract(epoch from max(now) - min(received_at)), 0)))
        from e, c) as events,
      (select jsonb_build_object('count', count(*), 'age', greatest(0, coalesce(extract(epoch from max(now) - min(created_at)), 0)))
        from s, c) as stimuli,
      (select coalesce(jsonb_agg(m), '[]') from m) as messages`.execute(db);
  return rows[0]!;
}
