import { sql } from "kysely";
import type { Program } from "../../src/campaign/program.ts";
import { applyDefinition } from "../../src/operate/campaign/apply.ts";
import { launch } from "../../src/operate/run/launch.ts";
import type { Database } from "../../src/store/database.ts";
import { loadDocument } from "../../src/store/document.ts";

const JOURNEY = [{ id: "hello", send: { channel: "email", template: "invite" } }];

/** Applies a campaign with this trigger and opens its run. */
export async function standing(
  db: Database,
  id: string,
  trigger: Record<string, unknown>,
  more: Record<string, unknown> = {},
): Promise<{ run: string; program: Program }> {
  const name = { en: id, "zh-CN": id };
  const { program } = await applyDefinition(db, "rules", id, { id, name, trigger, journey: JOURNEY, ...more }, "me");
  const { run } = await launch(db, { campaign: id, reach: "inbox", confirmed: true, acceptStale: true });
  return { run, program: await loadDocument<Program>(db, program) };
}

export interface Entered {
  customer: string;
  key: string;
  entry: number;
  number: number;
  arm: string;
  cohort: number | null;
  member: number | null;
  trigger: Record<string, unknown>;
}

export async function enteredIn(db: Database, run: string): Promise<Entered[]> {
  const { rows } = await sql<Entered>`
    select c.customer_id as customer, e.key, e.entry, e.number, e.arm, e.cohort, e.member, e.trigger
    from enrolments e join customers c on c.id = e.customer where e.run = ${run} order by e.number`.execute(db);
  return rows;
}

/** Stimuli of a run in the order of storing: "0/2 start", for all members "0 close". */
export async function toldIn(db: Database, run: string): Promise<string[]> {
  const { rows } = await sql<{ cohort: number; member: number; kind: string }>`
    select cohort, member, body ->> 'kind' as kind from stimuli where run = ${run} order by id`.execute(db);
  return rows.map(({ cohort, member, kind }) => `${cohort}${member < 0 ? "" : `/${member}`} ${kind}`);
}
