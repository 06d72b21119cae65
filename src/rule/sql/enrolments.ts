import { type RawBuilder, sql } from "kysely";
import type { EnrolmentFact } from "../ast.ts";
import { type Asking, daysSince, moment } from "./asking.ts";
import { Columns, type Restrict } from "./source.ts";

export interface EnrolmentsAsked {
  asked: EnrolmentFact;
  campaign?: string;
}

/** What was so of treated enrolments at the moment of asking, also when that lies in the past. */
export function enrolmentsSource(asked: EnrolmentsAsked[], asking: Asking, alias: string, restrict?: Restrict) {
  const at = moment(asking.asOf);
  const columns = new Columns("n");
  const columnOf = ({ asked: fact, campaign }: EnrolmentsAsked) =>
    columns.name(JSON.stringify([fact, campaign]), () => {
      const own = campaign === undefined ? sql`` : sql`filter (where n.campaign = ${campaign}::text)`;
      switch (fact) {
        case "live":
          return sql`bool_or(n.status = 'live' or n.ended_at > ${at}) ${own}`;
        case "converted":
          return sql`bool_or(v.enrolment is not null) ${own}`;
        case "since_last":
          return sql`max(n.entered_at) ${own}`;
      }
    });
  for (const one of asked) columnOf(one);
  const converted = asked.some((one) => one.asked === "converted");
  const campaigns = asked.map((one) => one.campaign);
  const join = sql`
    left join (
      select n.customer, ${columns.list()}
      from enrolments n
        ${converted ? sql`left join conversions v on v.enrolment = n.id and v.at <= ${at}` : sql``}
      where n.arm = 'treatment' and n.entered_at <= ${at}
        ${campaigns.includes(undefined) ? sql`` : sql`and n.campaign = any(${campaigns as string[]}::text[])`}
        ${restrict ? sql`and ${restrict(sql`n.customer`)}` : sql``}
      group by n.customer
    ) as by_enrolments on by_enrolments.customer = ${sql.ref(`${alias}.id`)}`;
  return {
    join,
    column(one: EnrolmentsAsked): RawBuilder<unknown> {
      const column = sql.ref(`by_enrolments.${columnOf(one)}`);
      return one.asked === "since_last" ? daysSince(column, alias, asking) : sql`coalesce(${column}, false)`;
    },
  };
}
