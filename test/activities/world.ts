import { sql } from "kysely";
import { createActivities } from "../../activities/index.ts";
import { code, type OutcomeName, OUTCOMES, type Policy, type Program, type Step } from "../../src/campaign/program.ts";
import { minuteOf, setClock, timeOf } from "../../src/store/clock.ts";
import type { Database } from "../../src/store/database.ts";
import { saveDocument } from "../../src/store/document.ts";
import type { Batch, Completed } from "../../workflows/contract.ts";

/** Wednesday, 1 April 2026, 10:00 in Shanghai. */
export const LAUNCH = new Date("2026-04-01T02:00:00Z");
export const LAUNCH_DAY = 20_544;

export const NO_POLICY: Policy = { caps: [], problemFirst: false };

/** A program that runs its ops one after the other: each step is a root step of its own, its pc is its place. */
export function programOf(steps: Record<string, Step>, more: Partial<Program> = {}): Program {
  const names = Object.keys(steps);
  const ops = names.map((step, i) => ({ do: "op" as const, root: i, step, next: i + 1 }));
  return {
    version: 1,
    campaign: "spring",
    name: { en: "Spring", "zh-CN": "春季" },
    timezone: "Asia/Shanghai",
    currency: "CNY",
    code: { machine: 1, registers: 1, instructions: [...ops, { do: "end", root: names.length }] },
    steps,
    roots: names,
    phases: [],
    plan: [],
    goal: { onConvert: { mode: "continue" }, targets: [], watch: [] },
    budget: [],
    audience: { segment: "all", rule: { op: "literal", type: "boolean", value: true }, holdout: 0 },
    policy: NO_POLICY,
    templates: { invite: "h-invite", survey: "h-survey" },
    coupons: {},
    gifts: {},
    cohortSize: 500,
    ...more,
  };
}

export interface World {
  run: string;
  program: Program;
  hash: string;
  /** enrolment and customer ids by member */
  enrolments: number[];
  customers: number[];
  /** decides one step for members (all by default) and tells each one's outcome */
  act(step: string, more?: Partial<Batch>): Promise<Outcome[]>;
  batch(step: string, more?: Partial<Batch>): Batch;
  ledger(): Promise<
    { enrolment: number; step: string; attempt: number; outcome: string; reasons: string[]; value: number | null }[]
  >;
  woken: string[];
}
export interface Outcome {
  outcome: OutcomeName | number;
  value?: number;
  at: number;
}

let runs = 0;

export interface WorldOptions {
  program: Program;
  size?: number;
  zone?: string;
  /** customers that exist already */
  customers?: number[];
  channels?: string[];
}

/** A run with one cohort whose members can all be reached by e-mail. The clock stands still at LAUNCH until it is set. */
export async function enrolled(db: Database, options: WorldOptions): Promise<World> {
  const { program, size = 3, zone = "Asia/Shanghai" } = options;
  const run = `spring-${++runs}`;
  const hash = await saveDocument(db, "program", { ...program, roots: [...program.roots, run] }, LAUNCH);
  await sql`
    insert into runs (id, campaign, program, status, launched_at, launch_day)
    values (${run}, 'spring', ${hash}, 'running', ${LAUNCH}, ${LAUNCH_DAY})`.execute(db);
  await sql`insert into cohorts (run, cohort, workflow_id, zone, size, status) values (${run}, 0, ${run}, ${zone}, ${size}, 'live')`.execute(
    db,
  );
  const customers = options.customers ?? (await newCustomers(db, size));
  const { rows } = await sql<{ id: number }>`
    insert into enrolments (run, campaign, customer, key, number, arm, cohort, member, zone, entered_at)
    select ${run}, 'spring', c, '', n - 1, 'treatment', 0, n - 1, ${zone}, ${LAUNCH}
    from unnest(${customers}::bigint[]) with ordinality as u (c, n) order by n returning id`.execute(db);
  const woken: string[] = [];
  const { act } = createActivities({ db, channels: options.channels ?? ["email"], wake: (lane) => woken.push(lane) });
  const names = Object.keys(program.steps);
  const batch = (step: string, more: Partial<Batch> = {}): Batch => ({
    run,
    cohort: 0,
    program: hash,
    pc: names.indexOf(step),
    occurrence: 1,
    attempt: 1,
    epoch: 0,
    due: minuteOf(LAUNCH),
    members: customers.map((_, i) => i),
    ...more,
  });
  return {
    run,
    program,
    hash,
    customers,
    woken,
    batch,
    enrolments: rows.map((row) => row.id),
    act: async (step, more) => byMember(await act(batch(step, more))),
    async ledger() {
      const found = await sql<{
        enrolment: number;
        step: string;
        attempt: number;
        outcome: number;
        reasons: string[];
        value: number | null;
      }>`
        select l.enrolment, l.step, l.attempt, l.outcome, l.reasons, l.value
        from ledger l join enrolments e on e.id = l.enrolment where e.run = ${run}
        order by l.enrolment, l.step, l.occurrence, l.attempt`.execute(db);
      return found.rows.map((row) => ({ ...row, outcome: String(nameOf(row.outcome)) }));
    },
  };
}

export function nameOf(outcome: number): OutcomeName | number {
  return OUTCOMES[outcome] ?? outcome;
}

export function byMember(completed: Completed[]): Outcome[] {
  const outcomes: Outcome[] = [];
  for (const { members, outcome, at, value } of completed) {
    for (const member of members) {
      if (outcomes[member]) throw new Error(`member ${member} was answered twice`);
      outcomes[member] = { outcome: nameOf(outcome), at, ...(value !== undefined && { value }) };
    }
  }
  return outcomes;
}

let people = 0;

export async function newCustomers(db: Database, count: number): Promise<number[]> {
  const first = people + 1;
  people += count;
  const { rows } = await sql<{ id: number }>`
    insert into customers (customer_id, created_at)
    select 'C' || n, ${LAUNCH} from generate_series(${first}::int, ${people}::int) n order by n returning id`.execute(
    db,
  );
  const ids = rows.map((row) => row.id);
  await sql`
    insert into contacts (customer, kind, value, created_at)
    select c, 'email', 'c' || c || '@example.com', ${LAUNCH} from unnest(${ids}::bigint[]) c`.execute(db);
  await sql`
    insert into consents (customer, channel, granted, source, at)
    select c, 'email', true, 'test', ${LAUNCH} from unnest(${ids}::bigint[]) c`.execute(db);
  return ids;
}

/** Stands the clock still at a time. */
export async function at(db: Database, time: string | Date | number): Promise<number> {
  const to = typeof time === "number" ? timeOf(time) : new Date(time);
  await setClock(db, to, 0);
  return minuteOf(to);
}

/** An event that intake has reacted to. */
export async function pastEvent(
  db: Database,
  customer: number,
  type: string,
  time: string,
  data: unknown = {},
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into events (source, event_id, customer_id, type, occurred_at, received_at, data, reacted_at, customer)
    values ('test', gen_random_uuid()::text, 'x', ${type}, ${time}, ${time}, ${JSON.stringify(data)}::jsonb, ${time}, ${customer})
    returning id`.execute(db);
  return rows[0]!.id;
}

export async function count(db: Database, table: string, where = "true"): Promise<number> {
  const { rows } = await sql<{
    count: number;
  }>`select count(*)::int as count from ${sql.table(table)} where ${sql.raw(where)}`.execute(db);
  return rows[0]!.count;
}

export { code };
