import { type RawBuilder, sql } from "kysely";
import { toSql } from "../rule/sql.ts";
import type { Database } from "./database.ts";
import type { Asked } from "./segment.ts";

export interface Planned {
  id: number;
  customerId: string;
  /** sales rep */
  owner: string | null;
  /** as the latest scoring placed them; null: not tiered */
  tier: string | null;
}

export interface Planning {
  /** ids, best first */
  tiers: string[];
  limit: number;
  /** condition on customers c besides the segment's: whom the asker may see */
  seen: RawBuilder<unknown>;
}

/** Members of a segment, those of the best tier first, then by value. */
export async function listPlanned(db: Database, asked: Asked, { tiers, limit, seen }: Planning): Promise<Planned[]> {
  const { rows } = await sql<Planned>`
    select c.id, c.customer_id as "customerId", c.owner, s.tier
    from customers c left join customer_scores s on s.customer = c.id
    where (${toSql(asked.rule, asked)}) and ${seen}
    order by array_position(${tiers}::text[], s.tier) nulls last, s.tier_value desc nulls last, c.customer_id
    limit ${limit}`.execute(db);
  return rows;
}

/** Something a customer said, or a rep wrote down. */
export interface Said {
  customer: number;
  text: string;
  at: Date;
}

/** The latest words that each of these customers wrote in a survey. @param question its id; any when left out */
export async function latestWords(db: Database, customers: number[], question?: string): Promise<Said[]> {
  const { rows } = await sql<Said>`
    select distinct on (e.customer) e.customer, a.answer as text, a.at
    from enrolments e join survey_answers a on a.enrolment = e.id
    where e.customer = any(${customers}::bigint[]) and btrim(a.answer) <> '' and a.question = coalesce(${question ?? null}, a.question)
    order by e.customer, a.at desc, a.step, a.question`.execute(db);
  return rows;
}

/** What a rep noted after the latest call of each of these customers. */
export async function latestNotes(db: Database, customers: number[]): Promise<Said[]> {
  const { rows } = await sql<Said>`
    select distinct on (customer) customer, note as text, done_at as at
    from tasks
    where customer = any(${customers}::bigint[]) and kind = 'call' and status = 'done' and btrim(note) <> ''
    order by customer, done_at desc, id`.execute(db);
  return rows;
}
