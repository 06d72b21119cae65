import { sql } from "kysely";
import { inMinutes } from "../campaign/duration.ts";
import type { Program } from "../campaign/program.ts";
import { variablesOf } from "../rule/ast.ts";
import type { Database, Tx } from "./database.ts";

/** A source of data that is older than a campaign allows. */
export interface Stale {
  /** customers, orders, events, scores */
  source: string;
  /** null: never */
  days: number | null;
}

/**
 * What of the data a campaign chooses by is older than its `maxDataAge`: customers and orders, and, when its audience asks
 * for them, events and scores. Customers, orders or events that have never come are not old; scores are.
 */
export async function loadStale(db: Database | Tx, program: Program, at: Date): Promise<Stale[]> {
  const { maxDataAge, rule, orderBy } = program.audience;
  if (!maxDataAge) return [];
  const asked = [rule, ...(orderBy ? [orderBy.rule] : [])].flatMap(variablesOf).map(({ source }) => source.from);
  const sources = ["customers", "orders", ...(asked.includes("events") ? ["events"] : [])];
  const { rows } = await sql<Stale>`
    select s.source, extract(epoch from ${at}::timestamptz - s.at)::float8 / 86400 as days
    from (
      select source, updated_at as at from data_sources where source = any(${sources}::text[])
      union all
      select 'scores', (select max(at) from score_runs) where ${asked.includes("score")}) s
    where s.at is null or s.at < ${at}::timestamptz - make_interval(mins => ${inMinutes(maxDataAge)}::int)
    order by s.source`.execute(db);
  return rows;
}

/** "orders 45.0 d, scores never" */
export function agesOf(stale: Stale[], locale: "en" | "zh-CN"): string {
  const zh = locale === "zh-CN";
  const never = zh ? "从未" : "never";
  const unit = zh ? "天" : "d";
  return stale
    .map(({ source, days }) => `${source} ${days === null ? never : `${days.toFixed(1)} ${unit}`}`)
    .join(zh ? "，" : ", ");
}
