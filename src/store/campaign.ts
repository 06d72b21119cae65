import { sql } from "kysely";
import type { Tx } from "./database.ts";
import { hashOf } from "./document.ts";

export interface AppliedProgram {
  /** document hash */
  program: string;
  applied: Date;
  appliedBy: string | null;
  /** since when it may be launched; null: not yet */
  approved: Date | null;
  approvedBy: string | null;
}

const COLUMNS = sql`program, applied_at as applied, applied_by as "appliedBy", approved_at as approved, approved_by as "approvedBy"`;

/** What runs of a campaign are launched with. */
export async function lockApplied(tx: Tx, campaign: string): Promise<AppliedProgram | undefined> {
  const { rows } = await sql<AppliedProgram>`
    select ${COLUMNS} from campaigns where id = ${campaign} for update`.execute(tx);
  return rows[0];
}

/** A program that the campaign was applied as at any time; undefined also for those from before this was kept. */
export async function findApplied(tx: Tx, campaign: string, program: string): Promise<AppliedProgram | undefined> {
  const { rows } = await sql<AppliedProgram>`
    select ${COLUMNS} from campaign_programs where campaign = ${campaign} and program = ${program}`.execute(tx);
  return rows[0];
}

/** Latest first. */
export async function loadPrograms(tx: Tx, campaign: string, limit: number): Promise<AppliedProgram[]> {
  const { rows } = await sql<AppliedProgram>`
    select ${COLUMNS} from campaign_programs where campaign = ${campaign}
    order by applied_at desc, program limit ${limit}`.execute(tx);
  return rows;
}

/** Makes a program the one that runs are launched with, once it is approved. */
export async function saveApplied(
  tx: Tx,
  campaign: string,
  definition: unknown,
  { program, applied, appliedBy, approved, approvedBy }: AppliedProgram,
): Promise<void> {
  const values = sql`${program}, ${applied}, ${appliedBy}, ${approved}, ${approvedBy}`;
  const columns = sql`program = excluded.program, applied_at = excluded.applied_at, applied_by = excluded.applied_by,
    approved_at = excluded.approved_at, approved_by = excluded.approved_by`;
  await sql`
    insert into campaigns (program, applied_at, applied_by, approved_at, approved_by, id) values (${values}, ${campaign})
    on conflict (id) do update set ${columns}`.execute(tx);
  await sql`
    insert into campaign_programs (program, applied_at, applied_by, approved_at, approved_by, campaign, definition, definition_hash)
    values (${values}, ${campaign}, ${JSON.stringify(definition)}::json, ${hashOf(definition)})
    on conflict (campaign, program) do update
      set ${columns}, definition = excluded.definition, definition_hash = excluded.definition_hash`.execute(tx);
}

/** Lets the applied program be launched. */
export async function saveApproved(tx: Tx, campaign: string, program: string, by: string, at: Date): Promise<void> {
  await sql`
    update campaigns set approved_at = ${at}, approved_by = ${by}
    where id = ${campaign} and program = ${program}`.execute(tx);
  await sql`
    update campaign_programs set approved_at = ${at}, approved_by = ${by}
    where campaign = ${campaign} and program = ${program}`.execute(tx);
}

export interface AppliedDefinition {
  /** null: applied before definitions were kept */
  definition: unknown;
  /** of the definition; of the program where there is none */
  hash: string;
}

/** What a campaign's applied program was made of; undefined when it is not applied. */
export async function loadDefinition(tx: Tx, campaign: string): Promise<AppliedDefinition | undefined> {
  const { rows } = await sql<AppliedDefinition>`
    select p.definition, coalesce(p.definition_hash, c.program) as hash
    from campaigns c left join campaign_programs p on p.campaign = c.id and p.program = c.program
    where c.id = ${campaign}`.execute(tx);
  return rows[0];
}
