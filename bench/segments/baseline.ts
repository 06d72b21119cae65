import { type RawBuilder, sql } from "kysely";
import { AS_OF, HOME_ZONE } from "./world.ts";

const now = sql`${AS_OF}::timestamptz`;
const since = (days: number) => sql`${now} - interval '${sql.lit(days * 24)} hours'`;
const zone = sql`coalesce(c.timezone, ${HOME_ZONE})`;
const daysSince = (time: RawBuilder<unknown>) =>
  sql`((${now} at time zone ${zone})::date - (${time} at time zone ${zone})::date)`;
const lastOrder = sql`(select customer, max(paid_at) as last_at from orders where status = 'paid' and paid_at <= ${now} group by customer)`;
const inYear = (columns: RawBuilder<unknown>, more = sql``) => sql`
  (select customer, ${columns} from orders
   where status = 'paid' and paid_at > ${since(365)} and paid_at <= ${now} group by customer ${more})`;
const openComplaint = sql`exists (
  select from complaints p where p.customer = c.id and p.opened_at <= ${now} and (p.status = 'open' or p.solved_at > ${now}))`;
const SPENT = sql`sum(amount - refunded) as spent`;

/**
 * What somebody who knows SQL and these tables would write for each segment of the library, over the raw tables: windows
 * in the where clause, aggregates grouped once, nothing kept beside.
 */
export const BASELINE: Record<string, RawBuilder<unknown>> = {
  "at-risk": sql`
    select count(*) from customers c
    join ${inYear(sql`count(*) as n, max(paid_at) as last_at`, sql`having count(*) >= 3`)} o on o.customer = c.id
    where ${daysSince(sql`o.last_at`)} between 90 and 179`,
  champions: sql`
    select count(*) from customers c
    join ${inYear(sql`count(*) as n, max(paid_at) as last_at, ${SPENT}`, sql`having count(*) >= 6`)} o on o.customer = c.id
    where o.spent >= 5000000 and ${daysSince(sql`o.last_at`)} <= 60`,
  "dormant-reachable": sql`
    select count(*) from customers c join ${lastOrder} o on o.customer = c.id
    join consents k on k.customer = c.id and k.channel = 'email' and k.topic = 'promotion' and k.granted
    where ${daysSince(sql`o.last_at`)} >= 180`,
  dormant: sql`
    select count(*) from customers c join ${lastOrder} o on o.customer = c.id
    where ${daysSince(sql`o.last_at`)} >= 180`,
  "engaged-not-buying": sql`
    select count(*) from customers c
    join (
      select e.customer, count(distinct (e.occurred_at at time zone coalesce(z.timezone, ${HOME_ZONE}))::date) as days
      from events e join customers z on z.id = e.customer
      where e.type = 'check_in' and e.occurred_at > ${since(30)} and e.occurred_at <= ${now}
      group by e.customer) e on e.customer = c.id
    where e.days >= 3 and not exists (
      select from orders o where o.customer = c.id and o.status = 'paid' and o.paid_at > ${since(30)} and o.paid_at <= ${now})`,
  "high-churn-high-value": sql`
    select count(*) from customers c join customer_scores s on s.customer = c.id
    where s.churn_risk >= 0.6 and s.rfm_monetary >= 4`,
  "high-value-slipping": sql`
    select count(*) from customers c
    join ${inYear(sql`${SPENT}, max(paid_at) as last_at`)} o on o.customer = c.id
    where o.spent >= 10000000 and ${daysSince(sql`o.last_at`)} >= 60`,
  "high-value": sql`
    select count(*) from customers c join ${inYear(SPENT)} o on o.customer = c.id where o.spent >= 10000000`,
  "mid-value-dormant": sql`
    select count(*) from customers c
    join ${inYear(sql`${SPENT}, max(paid_at) as last_at`)} o on o.customer = c.id
    where o.spent between 5000000 and 10000000 and ${daysSince(sql`o.last_at`)} >= 180 and not ${openComplaint}`,
  "never-bought": sql`
    select count(*) from customers c
    where not exists (select from orders o where o.customer = c.id and o.status = 'paid' and o.paid_at <= ${now})`,
  "birthday-this-week": sql`
    select count(*) from customers c
    where c.traits ->> 'birthday' is not null
      and exists (select from generate_series(0, 6) as n
        where to_char((${now} at time zone ${zone})::date + n, 'MM-DD') = substr(c.traits ->> 'birthday', 6)
          or (substr(c.traits ->> 'birthday', 6) = '02-29' and to_char((${now} at time zone ${zone})::date + n, 'MM-DD') = '02-28'
            and to_char((${now} at time zone ${zone})::date + n + 1, 'MM-DD') = '03-01'))`,
  "frequent-complainers": sql`
    select count(*) from customers c
    join (
      select customer from events where type = 'complaint.opened' and occurred_at > ${since(365)} and occurred_at <= ${now}
      group by customer having count(*) >= 3) e on e.customer = c.id`,
  "coupon-hunters": sql`
    select count(*) from customers c
    join (
      select customer, count(*) as n from events
      where type = 'coupon.redeemed' and occurred_at > ${since(365)} and occurred_at <= ${now}
      group by customer having count(*) >= 2) e on e.customer = c.id
    left join ${inYear(sql`count(*) as n`)} o on o.customer = c.id
    where e.n >= 0.8 * coalesce(o.n, 0)`,
  new: sql`
    select count(*) from customers c
    join (select customer, min(paid_at) as first_at from orders where status = 'paid' and paid_at <= ${now} group by customer) o
      on o.customer = c.id
    where ${daysSince(sql`o.first_at`)} <= 30`,
  "one-time-buyers": sql`
    select count(*) from customers c
    join (
      select customer, max(paid_at) as last_at from orders where status = 'paid' and paid_at <= ${now}
      group by customer having count(*) = 1) o on o.customer = c.id
    where ${daysSince(sql`o.last_at`)} >= 30`,
  "open-complaint": sql`select count(*) from customers c where ${openComplaint}`,
  "promising-next-year": sql`
    select count(*) from customers c join customer_scores s on s.customer = c.id
    where s.value_365d >= 1000000 and s.stage in ('new', 'growth')`,
};
