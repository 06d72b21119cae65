import { sql } from "kysely";
import type { Audience, Program } from "../../../src/campaign/program.ts";
import { launch } from "../../../src/operate/run/launch.ts";
import { setClock } from "../../../src/store/clock.ts";
import type { Database } from "../../../src/store/database.ts";
import { saveDocument } from "../../../src/store/document.ts";
import { LAUNCH, programOf } from "../../activities/world.ts";

export const DAY_MS = 86_400_000;
export const days = (n: number) => ({ days: n, minutes: 0 });

/** Applies a campaign whose journey is one long wait; everybody is in its audience unless it says otherwise. */
export async function applied(
  db: Database,
  id: string,
  audience: Partial<Audience>,
  more: Partial<Program> = {},
): Promise<Program> {
  const program = programOf(
    { hello: { kind: "exit", id: "hello", reason: "over" } },
    {
      campaign: id,
      audience: { rule: { op: "literal", type: "boolean", value: true }, holdout: 0, ...audience },
      ...more,
    },
  );
  const hash = await saveDocument(db, "program", program, LAUNCH);
  await sql`
    insert into campaigns (id, program, applied_at, approved_at) values (${id}, ${hash}, ${LAUNCH}, ${LAUNCH})
    on conflict (id) do update set program = excluded.program`.execute(db);
  return program;
}

export function launched(db: Database, campaign: string) {
  return launch(db, { campaign, reach: "inbox", confirmed: true, acceptStale: true });
}

/** Stands the clock still so many days after the launch. */
export async function onDay(db: Database, day: number): Promise<void> {
  await setClock(db, new Date(LAUNCH.getTime() + day * DAY_MS), 0);
}

/** Ends a customer's live enrolment in a run as the journey would. */
export async function ends(db: Database, run: string, customer: number): Promise<void> {
  await sql`
    update enrolments set status = 'ended', ended_reason = 'completed',
      ended_at = (select virtual_anchor from clock)
    where run = ${run} and customer = ${customer}`.execute(db);
}

/** Customers who are live in a run, by id. */
export async function liveIn(db: Database, run: string): Promise<number[]> {
  const { rows } = await sql<{ customer: number }>`
    select customer from enrolments where run = ${run} and status = 'live' order by customer`.execute(db);
  return rows.map((row) => row.customer);
}

/** How the line of a run stands. */
export async function line(db: Database, run: string): Promise<Record<string, number>> {
  const { rows } = await sql<{ status: string; count: number }>`
    select status, count(*)::int as count from entries where run = ${run} group by status`.execute(db);
  return Object.fromEntries(rows.map((row) => [row.status, row.count]));
}
