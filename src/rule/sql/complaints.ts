import { sql } from "kysely";
import { type Asking, moment } from "./asking.ts";
import type { Restrict } from "./source.ts";

/** Complaints open at the moment of asking, also when that lies in the past. */
export function complaintsSource(asking: Asking, alias: string, restrict?: Restrict) {
  const join = sql`
    left join (
      select p.customer, count(*) as open
      from complaints p
      where p.opened_at <= ${moment(asking.asOf)} and (p.status = 'open' or p.solved_at > ${moment(asking.asOf)})
        ${restrict ? sql`and ${restrict(sql`p.customer`)}` : sql``}
      group by p.customer
    ) as by_complaints on by_complaints.customer = ${sql.ref(`${alias}.id`)}`;
  return { join, column: sql`coalesce(by_complaints.open, 0)::float8` };
}
