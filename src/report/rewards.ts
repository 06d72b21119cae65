import { sql } from "kysely";
import type { Program, Text } from "../campaign/program.ts";
import type { Scope } from "./scope.ts";

export interface Rewards {
  /** cost in minor units, of what was granted or delivered */
  gifts: {
    gift: string;
    name: Text | null;
    granted: number;
    delivered: number;
    outOfStock: number;
    budgetSpent: number;
    cost: number;
  }[];
  coupons: {
    pool: string;
    name: Text | null;
    codes: number;
    reserved: number;
    issued: number;
    redeemed: number;
    released: number;
    expired: number;
  }[];
  points: { members: number; points: number };
}

export async function loadRewards({ tx, run, program }: Scope): Promise<Rewards> {
  const { rows: gifts } = await sql<Omit<Rewards["gifts"][number], "name">>`
    select g.gift, count(*) filter (where g.status = 'granted')::int as granted,
      count(*) filter (where g.status = 'delivered')::int as delivered,
      count(*) filter (where g.status = 'out-of-stock')::int as "outOfStock",
      count(*) filter (where g.status = 'budget-spent')::int as "budgetSpent",
      coalesce(sum(g.unit_cost) filter (where g.status in ('granted', 'delivered')), 0)::bigint as cost
    from gifts g join enrolments e on e.id = g.enrolment
    where e.run = ${run} group by g.gift order by g.gift`.execute(tx);
  const { rows: coupons } = await sql<Omit<Rewards["coupons"][number], "name">>`
    select c.pool, count(*)::int as codes,
      count(*) filter (where c.status = 'reserved')::int as reserved,
      count(*) filter (where c.status = 'issued')::int as issued,
      count(*) filter (where c.status = 'redeemed')::int as redeemed,
      count(*) filter (where c.status = 'released')::int as released,
      count(*) filter (where c.status = 'expired')::int as expired
    from coupons c join enrolments e on e.id = c.enrolment
    where e.run = ${run} group by c.pool order by c.pool`.execute(tx);
  const { rows: points } = await sql<Rewards["points"]>`
    select count(distinct p.enrolment)::int as members, coalesce(sum(p.points), 0)::int as points
    from points p join enrolments e on e.id = p.enrolment where e.run = ${run}`.execute(tx);
  return {
    gifts: gifts.map((row) => ({ ...row, name: nameIn(program.gifts, row.gift) })),
    coupons: coupons.map((row) => ({ ...row, name: nameIn(program.coupons, row.pool) })),
    points: points[0]!,
  };
}

function nameIn(definitions: Program["gifts"] | Program["coupons"], id: string): Text | null {
  return definitions[id]?.name ?? null;
}
