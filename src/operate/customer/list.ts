import { sql } from "kysely";
import type { Database } from "../../store/database.ts";
import { type Asker, ownCustomers, ownTasks } from "../access/own.ts";
import { asked, cut, type Page, type Paged } from "../page.ts";

/** A customer in a list, without name and address. */
export interface CustomerGlance {
  customerId: string;
  /** sales rep */
  owner: string | null;
  tier: string | null;
  stage: string | null;
  /** minor units */
  spent: number;
  lastOrder: Date | null;
  /** of those that the asker may see */
  openTasks: number;
  openComplaints: number;
}

export interface CustomerFilter {
  owner?: string;
  tier?: string;
  stage?: string;
}

/** Customers that the asker may see, in the order of their customer_ids. */
export async function pageOfCustomers(
  db: Database,
  { owner, tier, stage }: { [K in keyof CustomerFilter]?: string | undefined },
  page: Page<string>,
  asker?: Asker,
): Promise<Paged<CustomerGlance, string>> {
  const { rows } = await sql<CustomerGlance & { place: string }>`
    select c.customer_id as "customerId", c.owner, s.tier, s.stage, coalesce(o.spent, 0)::bigint as spent,
      o.last_at as "lastOrder", c.customer_id as place,
      (select count(*) from tasks t where t.customer = c.id and t.status in ('open', 'overdue')
        and ${ownTasks(asker, "t")}) as "openTasks",
      (select count(*) from complaints k where k.customer = c.id and k.status = 'open') as "openComplaints"
    from customers c
    left join customer_scores s on s.customer = c.id
    left join customer_orders o on o.customer = c.id
    where c.customer_id > ${page.after ?? ""} and ${ownCustomers(asker, "c")}
      and (${owner ?? null}::text is null or c.owner = ${owner ?? null})
      and (${tier ?? null}::text is null or s.tier = ${tier ?? null})
      and (${stage ?? null}::text is null or s.stage = ${stage ?? null})
    order by c.customer_id limit ${asked(page)}`.execute(db);
  return cut(rows, page);
}
