import { sql } from "kysely";
import type { Program, Text } from "../campaign/program.ts";
import type { Tx } from "../store/database.ts";
import { loadDocument } from "../store/document.ts";
import type { Stale } from "../store/freshness.ts";
import type { RunStatus } from "../store/run.ts";

/** Times are ISO 8601 in UTC; days are local calendar dates. */
export interface Head {
  run: string;
  campaign: string;
  name: Text;
  /** SHA-256 of the program that the run executes */
  program: string;
  status: RunStatus;
  launchedAt: string;
  closedAt: string | null;
  /** the clock when the report was made */
  now: string;
  timezone: string;
  currency: string;
  phases: { id: string; start: string; days: number; shiftedBy: number }[];
  pauses: number;
  /** data that was older than the campaign allows; somebody launched all the same */
  staleData: Stale[];
}

interface Row {
  campaign: string;
  program: string;
  status: RunStatus;
  launched_at: Date;
  closed_at: Date | null;
  phases: Head["phases"];
  pauses: number;
  stale: Stale[];
}

export async function loadHead(tx: Tx, run: string, now: Date): Promise<{ head: Head; program: Program }> {
  const { rows } = await sql<Row>`
    select r.campaign, r.program, r.status, r.launched_at, r.closed_at, r.stale,
      (select count(*) from run_pauses p where p.run = r.id)::int as pauses,
      (select coalesce(jsonb_agg(jsonb_build_object(
          'id', p.id, 'start', to_char(date '1970-01-01' + p.start_day, 'YYYY-MM-DD'),
          'days', p.days, 'shiftedBy', p.start_day - p.planned_day) order by p.phase), '[]')
       from run_phases p where p.run = r.id) as phases
    from runs r where r.id = ${run}`.execute(tx);
  const row = rows[0]!;
  const program = await loadDocument<Program>(tx, row.program);
  const head: Head = {
    run,
    campaign: row.campaign,
    name: program.name,
    program: row.program,
    status: row.status,
    launchedAt: row.launched_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
    now: now.toISOString(),
    timezone: program.timezone,
    currency: program.currency,
    phases: row.phases,
    pauses: row.pauses,
    staleData: row.stale,
  };
  return { head, program };
}
