import { DAY } from "../campaign/calendar.ts";
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

/** How long a stimulus that changes nothing but the cohort's book-keeping may wait for company. */
const PATIENCE_MINUTES = DAY;

/** Stores stimuli in the transaction of their cause; afterwards wake the lane "dispatch". */
export async function insertStimuli(tx: Tx, stimuli: NewStimulus[], at: Date): Promise<void> {
  if (stimuli.length === 0) return;
  const rows = stimuli.map(({ run, cohort, member, stimulus }) => ({
    run,
    cohort,
    member,
    body: stimulus,
    patience: isPatient(stimulus) ? PATIENCE_MINUTES : null,
  }));
  await sql`
    insert into stimuli (run, cohort, member, body, created_at, send_after)
    select run, cohort, member, body, ${at}, coalesce(${at}::timestamptz + make_interval(mins => patience), '-infinity')
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as s (run text, cohort int, member int, body jsonb, patience int)`.execute(tx);
}

/** Who has left by buying is an ended row already: every op still asked for answers so, whether the cohort knows or not. */
function isPatient(stimulus: NewStimulus["stimulus"]): boolean {
  return stimulus.kind === "convert" && stimulus.pc < 0;
}
