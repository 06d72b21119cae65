import { type RawBuilder, sql } from "kysely";
import type { Holder } from "../store/api-key.ts";

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
