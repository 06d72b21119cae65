import { sql } from "kysely";
import type { Value } from "../rule/ast.ts";
import type { Tx } from "./database.ts";

/** What a step leaves for later ones to speak of, as steps.<step>.<name>; a second pass overwrites the first. */
export interface Kept {
  enrolment: number;
  /** money in minor units; null takes an earlier value away */
  values: Record<string, Value>;
}

/** The enrolments are locked by the caller. */
export async function keepData(tx: Tx, step: string, rows: Kept[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    update enrolments e
    set data = jsonb_set(e.data, array[${step}::text], jsonb_strip_nulls(coalesce(e.data -> ${step}::text, '{}') || k.values))
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as k (enrolment bigint, values jsonb)
    where e.id = k.enrolment`.execute(tx);
}
