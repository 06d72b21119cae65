import { type RawBuilder, sql } from "kysely";
import type { Holder } from "../../store/api-key.ts";
import type { Database } from "../../store/database.ts";

/** Who asks, as far as it decides what they may see; undefined is the command line, which sees everything. */
export type Asker = (Pick<Holder, "role"> & { person?: string; team?: string }) | undefined;
type Condition = RawBuilder<unknown>;

const EVERYTHING: Condition = sql`true`;

/** Sales and service see only what is theirs, and contacts masked. One of them without person and team sees nothing. */
export function seesOnlyOwn(asker: Asker): asker is NonNullable<Asker> {
  return asker?.role === "sales" || asker?.role === "service";
}

/** Tasks of their team or assigned to them. @param t alias of the table tasks */
export function ownTasks(asker: Asker, t: string): Condition {
  if (!seesOnlyOwn(asker)) return EVERYTHING;
  const { team = null, person = null } = asker;
  return sql`(${sql.ref(`${t}.team`)} = ${team}::text or ${sql.ref(`${t}.assignee`)} = ${person}::text)`;
}

/**
 * Customers whom they look after or have a task for; for service also those whose open complaint is nobody's task.
 * Written as a list of ids, so that the planner begins with the few that are theirs.
 * @param c alias of the table customers
 */
export function ownCustomers(asker: Asker, c: string): Condition {
  return seesOnlyOwn(asker) ? sql`${sql.ref(`${c}.id`)} in (${customersOf(asker)})` : EVERYTHING;
}

/** Complaints of customers of theirs; for service also those that are nobody's task. @param k alias of the table complaints */
export function ownComplaints(asker: Asker, k: string): Condition {
  if (!seesOnlyOwn(asker)) return EVERYTHING;
  const nobodys = sql`not exists (select from tasks no_task where no_task.id = ${sql.ref(`${k}.id`)})`;
  return sql`(${sql.ref(`${k}.customer`)} in (${customersOf(asker)})
    ${asker.role === "service" && isSomebody(asker) ? sql`or ${nobodys}` : sql``})`;
}

/** What somebody says of a customer. */
export interface Said {
  /** customer_id, also of one who was merged into another */
  customerId: string;
  /** the event's */
  type: string;
}

/**
 * Which of these the asker may not say: sales and service speak only of customers of theirs, or else they could have a
 * stranger's mail sent to themselves. Anybody may call the service desk, so service takes complaints of all that there are.
 */
export async function strangersAmong(db: Database, said: Said[], asker: Asker): Promise<Set<Said>> {
  if (!seesOnlyOwn(asker) || said.length === 0) return new Set();
  const names = [...new Set(said.map(({ customerId }) => customerId))];
  const { rows } = await sql<{ name: string; own: boolean }>`
    select n.name, ${ownCustomers(asker, "c")} as own
    from unnest(${names}::text[]) n (name)
    join customers c on c.id = coalesce(
      (select k.id from customers k where k.customer_id = n.name),
      (select m.kept from customer_merges m where m.customer_id = n.name))`.execute(db);
  const own = new Map(rows.map((row) => [row.name, row.own]));
  const heard = ({ customerId, type }: Said) =>
    own.get(customerId) === true || (asker.role === "service" && type === "complaint.opened" && own.has(customerId));
  return new Set(said.filter((one) => !heard(one)));
}

function customersOf(asker: NonNullable<Asker>): Condition {
  const complaining = sql`
    union all
    select own_k.customer from complaints own_k
    where own_k.status = 'open' and not exists (select from tasks no_task where no_task.id = own_k.id)`;
  return sql`
    select own_c.id from customers own_c where own_c.owner = ${asker.person ?? null}::text
    union all
    select own_t.customer from tasks own_t where own_t.customer is not null and ${ownTasks(asker, "own_t")}
    ${asker.role === "service" && isSomebody(asker) ? complaining : sql``}`;
}

function isSomebody({ person, team }: NonNullable<Asker>): boolean {
  return person !== undefined || team !== undefined;
}
