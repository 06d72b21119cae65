import { sql } from "kysely";
import type { Close, Stimulus } from "../../workflows/messages.ts";
import type { Tx } from "./database.ts";

/** A stimulus for a member of a cohort (-1: all members), to be numbered and sent by the dispatcher. */
export interface NewStimulus {
  run: string;
  cohort: number;
  member: number;
  stimulus: Stimulus | Close;
}

/** Stores stimuli in the transaction of their cause; afterwards wake the lane "dispatch". */
export async function insertStimuli(tx: Tx, stimuli: NewStimulus[], at: Date): Promise<void> {
  if (stimuli.length === 0) return;
  const rows = stimuli.map(({ run, cohort, member, stimulus }) => ({ run, cohort, member, body: stimulus }));
  await sql`
    insert into stimuli (run, cohort, member, body, created_at)
    select run, cohort, member, body, ${at}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as s (run text, cohort int, member int, body jsonb)`.execute(
    tx,
  );
}
