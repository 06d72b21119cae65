import { sql } from "kysely";
import type { Measured } from "../../stats/verdict.ts";
import { members, type Scope } from "../scope.ts";

/**
 * Thirty calendar days of the customer's zone. Open: participants without an order whose days have not passed, and whoever
 * may still become a participant.
 */
export async function repurchaseRate(scope: Scope): Promise<Measured> {
  const { rows } = await sql<Measured>`
    select count(*) filter (where m.took_part and b.bought)::int as numerator,
      count(*) filter (where m.took_part)::int as denominator,
      count(*) filter (where m.may_still
        or (m.took_part and not b.bought and (w.until_at is null or w.until_at > ${scope.now})))::int as open
    from (${members(scope)}) m
    cross join lateral (
      select ((m.over_at at time zone m.zone) + interval '30 days') at time zone m.zone as until_at
    ) w
    cross join lateral (
      select count(*) > 0 as bought from orders o
      where o.customer = m.customer and o.status = 'paid' and o.refunded < o.amount
        and o.paid_at >= m.first_at and (w.until_at is null or o.paid_at < w.until_at)
    ) b`.execute(scope.tx);
  return rows[0]!;
}
