import { sql } from "kysely";
import type { Instruction, Program, Step } from "../../src/campaign/program.ts";
import type { Ast } from "../../src/rule/ast.ts";
import { parseRule } from "../../src/rule/parse.ts";
import { buildCatalogue, withScope } from "../../src/rule/catalogue.ts";
import { type Database, transaction } from "../../src/store/database.ts";
import { saveDocument } from "../../src/store/document.ts";
import { insertEvents, type NewEvent } from "../../src/store/event.ts";
import { reactToEvents } from "../../src/intake/react.ts";

export const HOME = { currency: "CNY", timezone: "Asia/Shanghai" };
export const START = new Date("2026-04-01T02:00:00Z"); // 10:00 in Shanghai

/** Stops the clock, so that a test says itself what time it is. */
export async function standStill(db: Database, at: Date | string): Promise<void> {
  await sql`update clock set real_anchor = clock_timestamp(), virtual_anchor = ${new Date(at)}, rate = 0`.execute(db);
}

export function rule(json: unknown): Ast {
  const scope = { "event.amount": "money", "event.*": "any", "steps.days.count": "number" } as const;
  const catalogue = withScope(buildCatalogue({ traits: {}, segments: {} }), scope);
  const parsed = parseRule(json, { pointer: "", catalogue });
  if (!parsed.rule) throw new Error(JSON.stringify(parsed.faults));
  return parsed.rule;
}

/** A hand-made program: ops only, one root step each. */
export function program(steps: Record<string, Step>, more: Partial<Program> = {}): Program {
  const instructions: Instruction[] = Object.keys(steps).map((step, pc) => ({
    do: "op",
    step,
    root: pc,
    next: pc + 1,
  }));
  instructions.push({ do: "end", root: instructions.length });
  return {
    version: 1,
    campaign: "winback",
    name: { en: "Win-back month", "zh-CN": "老客户唤醒月" },
    timezone: "Asia/Shanghai",
    currency: "CNY",
    code: { machine: 1, registers: 0, instructions },
    steps,
    roots: Object.keys(steps),
    phases: [],
    plan: [],
    goal: { onConvert: { mode: "continue" }, targets: [], watch: [] },
    budget: [{ id: "gifts", planned: 100_000, items: [] }],
    audience: { segment: "all", rule: rule(true), holdout: 0 },
    policy: { caps: [], problemFirst: true },
    templates: {},
    coupons: {},
    gifts: { mug: { id: "mug", name: { en: "Mug", "zh-CN": "马克杯" }, unitCost: 2_000, stock: 50, line: "gifts" } },
    cohortSize: 500,
    ...more,
  };
}

export interface Enrolled {
  enrolment: number;
  customer: number;
  customerId: string;
}

let runs = 0;

/** A run with one treated enrolment per customer (and holdout where named), entered at START. */
export async function enrol(
  db: Database,
  document: Program,
  customerIds: string[],
  options: { zone?: string; holdout?: string[]; goalUntil?: string } = {},
): Promise<{ run: string; members: Enrolled[] }> {
  const run = `winback-${++runs}`;
  const hash = await saveDocument(db, "program", { ...document, run }, START);
  await sql`insert into runs (id, campaign, program, status, launched_at, launch_day)
    values (${run}, 'winback', ${hash}, 'running', ${START}, 20544)`.execute(db);
  await sql`insert into cohorts (run, cohort, workflow_id, zone, size, status)
    values (${run}, 0, ${run}, ${options.zone ?? "Asia/Shanghai"}, 10, 'live')`.execute(db);
  await sql`insert into budget_lines (run, line, planned) values (${run}, 'gifts', 100000)`.execute(db);
  await sql`insert into customers (customer_id, created_at) select c, ${START} from unnest(${customerIds}::text[]) as u (c)
    on conflict do nothing`.execute(db);
  const { rows } = await sql<Enrolled>`
    insert into enrolments (run, campaign, customer, key, number, arm, cohort, member, zone, entered_at)
    select ${run}, 'winback', c.id, '', n - 1,
      case when h then 'holdout' else 'treatment' end, case when not h then 0 end, case when not h then n - 1 end,
      ${options.zone ?? "Asia/Shanghai"}, ${START}
    from unnest(${customerIds}::text[]) with ordinality as u (customer_id, n) join customers c using (customer_id)
    cross join lateral (select u.customer_id = any(${options.holdout ?? []}::text[]) as h) x order by n
    returning id as enrolment, customer, (select customer_id from customers where id = customer) as "customerId"`.execute(
    db,
  );
  if (document.goal.convert) {
    await sql`insert into waits (enrolment, step, occurrence, kind, customer, event_type, since, until)
      select id, 'goal', 1, 'goal', customer, ${document.goal.convert.event}, ${START}, ${options.goalUntil ?? "2026-07-01T00:00:00Z"}
      from enrolments where run = ${run}`.execute(db);
  }
  return { run, members: rows };
}

export async function openWait(
  db: Database,
  member: Enrolled,
  step: string,
  type: string,
  kind = "event",
  until = "2026-05-01T00:00:00Z",
) {
  await sql`insert into waits (enrolment, step, occurrence, kind, customer, event_type, since, until)
    values (${member.enrolment}, ${step}, 1, ${kind}, ${member.customer}, ${type}, ${START}, ${until})`.execute(db);
}

export async function openChallenge(db: Database, member: Enrolled, firstDay: number, days = 30, step = "days") {
  await sql`insert into challenges (enrolment, step, customer, event_type, first_day, days)
    values (${member.enrolment}, ${step}, ${member.customer}, 'check_in', ${firstDay}, ${days})`.execute(db);
}

let events = 0;
export function event(
  type: string,
  customerId: string,
  data: Record<string, unknown> = {},
  at: string | null = null,
): NewEvent {
  return { source: "test", id: `e${++events}`, type, customerId, occurredAt: at === null ? null : new Date(at), data };
}

/** Stores events and reacts to all there are. @returns what each did */
export async function happen(db: Database, ...list: NewEvent[]): Promise<Record<string, unknown>[]> {
  await insertEvents(db, list);
  while (await reactToEvents({ db, home: HOME, onStimuli: () => undefined })) continue;
  const { rows } = await sql<{ event_id: string; reaction: Record<string, unknown> | null }>`
    select event_id, reaction from events where event_id = any(${list.map((one) => one.id)}::text[])`.execute(db);
  return list.map((one) => rows.find((row) => row.event_id === one.id)?.reaction ?? {});
}

export async function all<T>(db: Database, query: ReturnType<typeof sql<T>>): Promise<T[]> {
  return (await query.execute(db)).rows;
}

export { transaction };
