import { sql } from "kysely";
import type { Database, Tx } from "../database.ts";

/** Source of the events that tell of changes. */
export const SCORE_SOURCE = "rekindle/score";

/** One scoring at a time: a second one waits. */
export async function beginRun(tx: Tx, at: Date): Promise<number> {
  await sql`lock table score_runs in exclusive mode`.execute(tx);
  const { rows } = await sql<{ id: number }>`
    insert into score_runs (at, report) values (${at}, '{}') returning id`.execute(tx);
  return rows[0]!.id;
}

/** The report of the latest scoring; undefined before the first. */
export async function latestReport<T>(db: Database): Promise<T | undefined> {
  const { rows } = await sql<{ report: T }>`
    select report from score_runs where report <> '{}' order by id desc limit 1`.execute(db);
  return rows[0]?.report;
}

export async function endRun(tx: Tx, run: number, report: unknown): Promise<void> {
  await sql`update score_runs set report = ${JSON.stringify(report)}::jsonb where id = ${run}`.execute(tx);
}

/**
 * Moves everybody to where they were placed. Whoever had a tier or a stage and has another now is written down, and an
 * event tells of it, to which campaigns and rules can listen like to any other.
 */
export async function savePlaces(tx: Tx, run: number, at: Date): Promise<{ tier: number; stage: number }> {
  await sql`
    insert into score_changes (customer, what, run, was, became, at)
    select s.customer, v.what, ${run}, v.was, v.became, ${at}
    from customer_scores s join placed p using (customer)
    cross join lateral (values ('tier', s.tier, p.tier), ('stage', s.stage, p.stage)) as v (what, was, became)
    where v.was <> v.became`.execute(tx);
  await sql`
    insert into events (source, event_id, customer_id, type, occurred_at, received_at, data)
    select ${SCORE_SOURCE}, h.what || '/' || h.customer || '/' || h.run, c.customer_id, h.what || '.changed', h.at, h.at,
      jsonb_build_object('from', h.was, 'to', h.became)
    from score_changes h join customers c on c.id = h.customer where h.run = ${run}
    on conflict (source, event_id) do nothing`.execute(tx);
  await sql`
    update customer_scores s
    set tier = p.tier, stage = p.stage, lead_score = p.lead_score, tier_value = p.tier_value, tier_depth = p.tier_depth,
      tier_interaction = p.tier_interaction, tier_risk = p.tier_risk
    from placed p where p.customer = s.customer`.execute(tx);
  const { rows } = await sql<{ tier: number; stage: number }>`
    select count(*) filter (where what = 'tier') as tier, count(*) filter (where what = 'stage') as stage
    from score_changes where run = ${run}`.execute(tx);
  return rows[0]!;
}
