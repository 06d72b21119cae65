import { createHash } from "node:crypto";
import { sql } from "kysely";
import { inMinutes } from "../../campaign/duration.ts";
import type { Program } from "../../campaign/program.ts";
import type { Stimulus } from "../../../workflows/messages.ts";
import { minuteOf } from "../clock.ts";
import type { Tx } from "../database.ts";
import type { Entrant } from "../enrol.ts";
import { admit, hasLine, lineUp, lockGroup } from "../entry.ts";
import { insertStimuli, type NewStimulus } from "../stimulus.ts";
import { zonesOf } from "../zones-of.ts";
import { place } from "./cohorts.ts";
import { type Joiner, refusals, type Refusal } from "./eligible.ts";
import { lockStanding, type LockedRun } from "./runs.ts";

/** Characters of JSON that an enrolment keeps of what brought it. */
const LARGEST_TRIGGER = 16_384;

export type Joined = { joiner: Joiner } & (
  | { enrolment: number; arm: "treatment" | "holdout" }
  /** in line: will enter later, or never */
  | { waiting: true }
  | { refused: Refusal }
);

/**
 * Enrols whom a trigger brings into a standing run, as far as its audience takes them: each at once, with the goal's wait,
 * in an open cohort that is told. Customers must be locked; several runs in the order of loadStanding, after the groups of
 * all of them (lockGroups). Wake "dispatch" afterwards.
 */
export async function join(tx: Tx, run: string, program: Program, joiners: Joiner[], at: Date): Promise<Joined[]> {
  if (joiners.length === 0) return [];
  const line = hasLine(program);
  await lockGroup(tx, program.audience.exclusive?.group);
  // what a campaign may hold at once, or in a day, is counted by one at a time
  if (line) await sql`select 1 from campaigns where id = ${program.campaign} for update`.execute(tx);
  const locked = await lockStanding(tx, run);
  if (!locked) return joiners.map((joiner) => ({ joiner, refused: "over" }));
  const results = new Map<Joiner, Joined>();
  // one entry of a customer may stand in the way of the next
  for (const round of roundsOf(joiners)) {
    const refused = await refusals(tx, run, program, round, at);
    let left = (program.audience.limit ?? Infinity) - locked.joined;
    const taken: Joiner[] = [];
    for (const [i, joiner] of round.entries()) {
      const reason = tooLarge(joiner) ? "too-large" : (refused[i] ?? (left > 0 ? undefined : "full"));
      if (reason) results.set(joiner, { joiner, refused: reason });
      else {
        taken.push(joiner);
        left -= 1;
      }
    }
    const entering = { run, program, locked, at };
    const entrants = await entrantsOf(tx, entering, taken);
    for (const joined of await (line ? standInLine : enter)(tx, entering, entrants)) results.set(joined.joiner, joined);
    locked.joined += taken.length;
  }
  await sql`update runs set joined = ${locked.joined} where id = ${run}`.execute(tx);
  return joiners.map((joiner) => results.get(joiner)!);
}

/** Each round has a customer once. */
function roundsOf(joiners: Joiner[]): Joiner[][] {
  const rounds: Joiner[][] = [];
  const seen = new Map<number, number>();
  for (const joiner of joiners) {
    const round = seen.get(joiner.customer) ?? 0;
    seen.set(joiner.customer, round + 1);
    (rounds[round] ??= []).push(joiner);
  }
  return rounds;
}

function tooLarge({ trigger }: Joiner): boolean {
  return JSON.stringify(trigger).length > LARGEST_TRIGGER;
}

interface Entering {
  run: string;
  program: Program;
  locked: LockedRun;
  at: Date;
}

interface JoiningEntrant extends Entrant {
  joiner: Joiner;
}

async function entrantsOf(tx: Tx, { run, program, locked }: Entering, joiners: Joiner[]): Promise<JoiningEntrant[]> {
  if (joiners.length === 0) return [];
  const zones = await zonesOf(
    tx,
    joiners.map((joiner) => joiner.customer),
    program.timezone,
  );
  const { rows } = await sql<{ nr: number; entry: number }>`
    select nr::int - 1 as nr, 1 + greatest(
      (select coalesce(max(entry), 0) from enrolments e where e.run = ${run} and e.customer = j.customer and e.key = j.key),
      (select coalesce(max(entry), 0) from entries w where w.run = ${run} and w.customer = j.customer and w.key = j.key)) as entry
    from unnest(${joiners.map((joiner) => joiner.customer)}::bigint[], ${joiners.map((joiner) => joiner.key)}::text[])
      with ordinality as j (customer, key, nr) order by nr`.execute(tx);
  return joiners.map((joiner, i) => ({
    joiner,
    id: joiner.customer,
    key: joiner.key,
    entry: rows[i]!.entry,
    trigger: joiner.trigger,
    zone: zones.get(joiner.customer)!,
    number: locked.joined + i,
    arm: armOf(run, joiner, program.audience.holdout),
  }));
}

/** At once, into cohorts that are open. */
async function enter(tx: Tx, { run, program, locked, at }: Entering, entrants: JoiningEntrant[]): Promise<Joined[]> {
  if (entrants.length === 0) return [];
  const treated = entrants.filter(({ arm }) => arm === "treatment");
  const zones = treated.map(({ zone }) => zone);
  const { places, closing } = await place(tx, run, zones, program.cohortSize, at);
  const placeOf = new Map(treated.map((one, i) => [one, places[i]!]));
  const rows = entrants.map((entrant) => {
    const { joiner: _, ...row } = entrant;
    const { cohort = null, member = null } = placeOf.get(entrant) ?? {};
    return { ...row, cohort, member };
  });
  const { rows: inserted } = await sql<{ id: number; number: number }>`
    insert into enrolments (run, campaign, customer, key, entry, number, arm, cohort, member, zone, entered_at, trigger)
    select ${run}, ${program.campaign}, id, key, entry, number, arm, cohort, member, zone, ${at}, trigger
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as j
      (id bigint, key text, entry int, number int, arm text, cohort int, member int, zone text, trigger jsonb)
    order by number
    returning id, number`.execute(tx);
  const ids = new Map(inserted.map(({ id, number }) => [number, id]));
  await insertGoalWaits(tx, program, [...ids.values()], at);
  const start: Stimulus = {
    kind: "start",
    at: minuteOf(at),
    ...(locked.resumes > 0 && { resumes: locked.resumes }),
    ...(locked.status === "paused" && { paused: true }),
  };
  const starts = places.map((found): NewStimulus => ({ run, ...found, stimulus: start }));
  await insertStimuli(tx, [...starts, ...closing], at);
  return entrants.map(({ joiner, arm, number }) => ({ joiner, arm, enrolment: ids.get(number)! }));
}

/** Into the line, from which those enter who can. */
async function standInLine(tx: Tx, entering: Entering, entrants: JoiningEntrant[]): Promise<Joined[]> {
  const { run, program, locked, at } = entering;
  if (entrants.length === 0) return [];
  const rows = entrants.map(({ joiner: _, ...row }) => row);
  const listed = sql<Entrant>`
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as j
      (id bigint, key text, entry int, number int, arm text, zone text, trigger jsonb)`;
  await lineUp(tx, program, run, listed, at);
  if (locked.status !== "paused") await admit(tx, program, run, at);
  const { rows: entered } = await sql<{ id: number; number: number }>`
    select id, number from enrolments
    where run = ${run} and number = any(${rows.map(({ number }) => number)}::int[])`.execute(tx);
  const ids = new Map(entered.map(({ id, number }) => [number, id]));
  return entrants.map(({ joiner, arm, number }) => {
    const enrolment = ids.get(number);
    return enrolment === undefined ? { joiner, waiting: true } : { joiner, arm, enrolment };
  });
}

/** The holdout by a hash of run, customer and key, so that anyone can recompute it. */
function armOf(run: string, { customer, key }: Joiner, holdout: number): "treatment" | "holdout" {
  const hash = createHash("md5").update(`${run}:${customer}:${key}`).digest();
  return hash.readUInt32BE() / 2 ** 32 < holdout ? "holdout" : "treatment";
}

async function insertGoalWaits(tx: Tx, program: Program, enrolments: number[], at: Date): Promise<void> {
  const { convert } = program.goal;
  if (!convert) return;
  await sql`
    insert into waits (enrolment, step, occurrence, kind, customer, event_type, since, until)
    select id, 'goal', 1, 'goal', customer, ${convert.event}, ${at}, ${at}::timestamptz + make_interval(mins => ${inMinutes(convert.within)}::int)
    from enrolments where id = any(${enrolments}::bigint[])`.execute(tx);
}
