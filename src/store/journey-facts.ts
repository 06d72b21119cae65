import { sql } from "kysely";
import { localDay } from "../campaign/calendar.ts";
import { digitsOf } from "../campaign/currency.ts";
import { eventValue } from "../campaign/event-value.ts";
import type { Minute, Program, Step } from "../campaign/program.ts";
import type { Value, Variable } from "../rule/ast.ts";
import { minuteOf } from "./clock.ts";
import type { Database, Tx } from "./database.ts";
import { zoneAround } from "./zone.ts";

const ROOTS = ["steps", "trigger", "params", "run"];

/** Whether a variable is of the journey, not of the customer nor of an event. */
export function isOfJourney({ name, source }: Variable): boolean {
  return source.from === "scope" && ROOTS.includes(name.split(".", 1)[0]!);
}

/**
 * What rules and templates ask of these enrolments' own journey, for the variables named:
 * `steps.<challenge>.count` (check-ins), `steps.<survey>.<question>` (rating or text), `steps.<rsvp>.answer`, `steps.<task>.outcome`,
 * `steps.<id>.<name>` as `set` and others stored it; `trigger.*`; `params.*`; `run.id`, `run.day` (of the customer's
 * calendar, the day of launch is 1), `run.phase` (missing between phases). Money in minor units.
 */
export async function loadJourneyFacts(
  tx: Database | Tx,
  program: Program,
  enrolments: number[],
  variables: Variable[],
  at: Date,
): Promise<Map<number, Record<string, Value>>> {
  const asked = variables.filter(isOfJourney);
  const facts = new Map<number, Record<string, Value>>(enrolments.map((id) => [id, {}]));
  if (asked.length === 0 || enrolments.length === 0) return facts;
  const found = await loadFound(tx, program, enrolments, asked);
  if (asked.some(({ name }) => !found.covers(name))) await loadStored(tx, program, asked, at, facts);
  for (const [id, values] of found.facts) Object.assign(facts.get(id)!, values);
  return facts;
}

/** What steps found that is kept in tables of its own. */
async function loadFound(tx: Database | Tx, program: Program, enrolments: number[], variables: Variable[]) {
  const ids = new Set(variables.flatMap(({ name }) => /^steps\.([^.]+)\../.exec(name)?.[1] ?? []));
  const challenges = namesOf(program, "challengeOpen", ids).map(([, step]) => step.id);
  const surveys = namesOf(program, "survey", ids).map(([, step]) => step.id);
  const rsvps = namesOf(program, "rsvp", ids).map(([, step]) => step.id);
  const tasks = namesOf(program, "task", ids);
  const own = new Set([...challenges, ...surveys, ...rsvps, ...tasks.map(([, step]) => step.id)]);
  const covers = (name: string) => name.startsWith("steps.") && own.has(name.split(".")[1]!);
  // nobody's count is missing: who has not checked in has checked in 0 times
  const none = Object.fromEntries(challenges.map((id) => [`steps.${id}.count`, 0]));
  const facts = new Map<number, Record<string, Value>>(enrolments.map((id) => [id, { ...none }]));
  if (own.size === 0) return { covers, facts };
  const { rows } = await sql<{ enrolment: number; name: string; rating: number | null; answer: string | null }>`
    select enrolment, 'steps.' || step || '.count' as name, count(*)::int as rating, null as answer, 1 as occurrence
    from check_ins where enrolment = any(${enrolments}::bigint[]) and step = any(${challenges}::text[])
    group by enrolment, step
    union all
    select enrolment, 'steps.' || step || '.' || question, rating, answer, 1
    from survey_answers where enrolment = any(${enrolments}::bigint[]) and step = any(${surveys}::text[])
    union all
    select enrolment, 'steps.' || step || '.answer', null,
      case when place in ('waiting', 'missed') then 'waiting-list' else answer end, 1
    from rsvp_answers where enrolment = any(${enrolments}::bigint[]) and step = any(${rsvps}::text[])
    union all
    select t.enrolment, 'steps.' || n.id || '.outcome', null, t.outcome, t.occurrence
    from unnest(${tasks.map(([name]) => name)}::text[], ${tasks.map(([, step]) => step.id)}::text[]) as n (step, id)
    join tasks t on t.step = n.step and t.enrolment = any(${enrolments}::bigint[]) and t.outcome is not null
    order by occurrence`.execute(tx);
  for (const row of rows) facts.get(row.enrolment)![row.name] = row.rating ?? row.answer;
  return { covers, facts };
}

interface Stored {
  id: number;
  trigger: Record<string, unknown>;
  data: Record<string, Record<string, Value> | undefined>;
  zone: string;
  run: string;
  params: Record<string, Value | undefined>;
  launchDay: number;
  phases: { id: string; start: number; days: number }[];
}

/** What stands in the rows of enrolment and run. */
async function loadStored(
  tx: Database | Tx,
  program: Program,
  variables: Variable[],
  at: Date,
  facts: Map<number, Record<string, Value>>,
): Promise<void> {
  const { rows } = await sql<Stored>`
    select e.id, e.trigger, e.data, e.zone, e.run, r.params, r.launch_day as "launchDay", coalesce(p.phases, '[]') as phases
    from enrolments e
    join runs r on r.id = e.run
    left join (
      select run, jsonb_agg(jsonb_build_object('id', id, 'start', start_day, 'days', days)) as phases from run_phases group by run
    ) p on p.run = e.run
    where e.id = any(${[...facts.keys()]}::bigint[])`.execute(tx);
  const digits = digitsOf(program.currency);
  const now = minuteOf(at);
  for (const row of rows) {
    const values = facts.get(row.id)!;
    for (const variable of variables) values[variable.name] = valueOf(variable, row, program, digits, now);
  }
}

function valueOf(variable: Variable, row: Stored, program: Program, digits: number, now: Minute): Value {
  const [root, first = "", second = ""] = variable.name.split(".");
  switch (root) {
    case "trigger":
      return eventValue(variable, row.trigger, digits);
    case "params":
      return row.params[first] ?? program.params?.[first]?.default ?? null;
    case "steps":
      return row.data[first]?.[second] ?? null;
    default:
      return ofRun(first, row, now);
  }
}

function ofRun(name: string, { run, zone, launchDay, phases }: Stored, now: Minute): Value {
  if (name === "id") return run;
  const today = localDay(zoneAround(zone, now), now);
  if (name === "day") return today - launchDay + 1;
  if (name !== "phase") return null;
  return phases.find(({ start, days }) => start <= today && today < start + days)?.id ?? null;
}

function namesOf(program: Program, kind: Step["kind"], ids: Set<string>): [name: string, step: Step][] {
  return Object.entries(program.steps).filter(([, step]) => step.kind === kind && ids.has(step.id));
}
