import { type RawBuilder, sql } from "kysely";
import type { Ast } from "../rule/ast.ts";
import { membersOf } from "../rule/sql.ts";
import type { Database, Tx } from "./database.ts";

export interface Asked {
  rule: Ast;
  asOf: Date;
  /** zone of customers that have none of their own */
  homeZone: string;
}

export interface Member {
  id: number;
  customerId: string;
  timezone: string | null;
}

export async function countMembers(db: Database | Tx, asked: Asked): Promise<{ members: number; customers: number }> {
  const { joins, where } = membersOf(asked.rule, asked);
  const { rows } = await sql<{ members: number; customers: number }>`
    select (select count(*) from customers c ${joins} where ${where}) as members, (select count(*) from customers) as customers`.execute(
    db,
  );
  return rows[0]!;
}

/** Members in the order of their customer ids, from the one after `after` on. */
export async function listMembers(
  db: Database | Tx,
  asked: Asked,
  page: { after?: string; limit: number },
): Promise<Member[]> {
  const { joins, where } = membersOf(asked.rule, asked);
  const { rows } = await sql<Member>`
    select c.id, c.customer_id as "customerId", c.timezone
    from customers c ${joins}
    where ${where} and c.customer_id > ${page.after ?? ""}
    order by c.customer_id limit ${page.limit}`.execute(db);
  return rows;
}

/** Also by what a customer was called who was merged into this one. */
export async function findCustomer(db: Database | Tx, customerId: string): Promise<Member | undefined> {
  const { rows } = await sql<Member>`
    select id, customer_id as "customerId", timezone from customers
    where id in (${customerNamed(customerId)})`.execute(db);
  return rows[0];
}

/** The internal id of who is, or before a merge was, called so: one row, or none. */
export function customerNamed(customerId: string): RawBuilder<unknown> {
  return sql`
    select id from customers
    where customer_id = ${customerId} or id = (select kept from customer_merges where customer_id = ${customerId})`;
}
