import { sql } from "kysely";
import type { Tx } from "../src/store/database.ts";
import type { Member } from "./context.ts";

/** Customers of these members who have a complaint that is not solved. */
export async function withOpenComplaint(tx: Tx, members: Member[]): Promise<Set<number>> {
  const { rows } = await sql<{ customer: number }>`
    select distinct customer from complaints
    where customer = any(${members.map((member) => member.customer)}::bigint[]) and status = 'open'`.execute(tx);
  return new Set(rows.map((row) => row.customer));
}
