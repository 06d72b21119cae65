import { type RawBuilder, sql } from "kysely";
import type { Program } from "../../campaign/program.ts";
import { absent, nearest, refuse } from "../../fault.ts";
import type { Database } from "../../store/database.ts";
import { loadDocument } from "../../store/document.ts";
import type { TaskKind, TaskStatus } from "../../store/task.ts";
import { type Asker, ownTasks, seesOnlyOwn } from "../access/own.ts";
import { ALL, asked, cut, moment, type Page, type Paged } from "../page.ts";

/** A task as people see it in their list. Names and phones are not in it: `customer show` has them. */
export interface TaskView {
  id: string;
  run: string;
  kind: TaskKind;
  title: string;
  team: string;
  assignee: string | null;
  /** as the outside names the customer */
  customerId: string | null;
  script: string | null;
  phase: string | null;
  gate: boolean;
  /** plan rows that are to be done before it */
  after: string[];
  from: Date | null;
  due: Date | null;
  status: TaskStatus;
  attempts: number;
  maxAttempts: number;
  /** outcomes that `task done` takes */
  outcomes: string[];
  outcome: string | null;
  note: string | null;
  /** the campaign's zone, in which times are shown */
  timezone: string;
}

export interface TaskFilter {
  run?: string;
  team?: string;
  /** customer_id */
  customer?: string;
  /** also those that are done or closed */
  all?: boolean;
}

/** Where a task stands in the list. */
export interface TaskPlace {
  due: string;
  id: string;
}

/** What is to be done, the most urgent first. @throws InputError when run or team is unknown */
export async function listTasks(db: Database, filter: TaskFilter): Promise<TaskView[]> {
  return (await pageOfTasks(db, filter, ALL)).items;
}

/** A part of the list, of what the asker may see. @throws InputError when run or team is unknown */
export async function pageOfTasks(
  db: Database,
  filter: TaskFilter,
  page: Page<TaskPlace>,
  asker?: Asker,
): Promise<Paged<TaskView, TaskPlace>> {
  if (!seesOnlyOwn(asker)) {
    await refuseUnknown(db, "run", filter.run);
    await refuseUnknown(db, "team", filter.team);
  }
  const { run = null, team = null, customer = null, all = false } = filter;
  const { due = "-infinity", id = "" } = page.after ?? {};
  const open = sql`t.status in ('open', 'overdue') and r.status not in ('closed', 'stopped')`;
  const where = sql`
    (${run}::text is null or t.run = ${run}) and (${team}::text is null or t.team = ${team})
    and (${customer}::text is null or c.customer_id = ${customer}) and ${all ? sql`true` : open} and ${ownTasks(asker, "t")}
    and (coalesce(t.due_at, 'infinity'), t.id) > (${due}::timestamptz, ${id})
    order by coalesce(t.due_at, 'infinity'), t.id limit ${asked(page)}`;
  const found = cut(await load(db, where), page);
  return { items: await withOutcomes(db, found.items), next: found.next };
}

/** @throws InputError when there is no such task that the asker may see */
export async function showTask(db: Database, id: string, asker?: Asker): Promise<TaskView> {
  const { items } = cut(await load(db, sql`t.id = ${id} and ${ownTasks(asker, "t")}`), ALL);
  const [task] = await withOutcomes(db, items);
  if (!task) throw absent(id, { en: "there is no such task", "zh-CN": "没有这个任务" });
  return task;
}

type Loaded = Omit<TaskView, "timezone" | "outcomes"> & { step: string | null; program: string };

async function load(db: Database, where: RawBuilder<unknown>): Promise<(Loaded & { place: TaskPlace })[]> {
  const { rows } = await sql<Loaded & { place: TaskPlace }>`
    select t.id, t.run, t.kind, t.title, t.team, t.assignee, c.customer_id as "customerId", t.script, t.phase, t.gate,
      t.plan_after as after, t.from_at as "from", t.due_at as due, t.status, t.attempts, t.max_attempts as "maxAttempts",
      t.outcome, t.note, t.step, r.program,
      json_build_object('due', ${moment("t.due_at")}, 'id', t.id) as place
    from tasks t
    join runs r on r.id = t.run
    left join customers c on c.id = t.customer
    where ${where}`.execute(db);
  return rows;
}

async function withOutcomes(db: Database, tasks: Loaded[]): Promise<TaskView[]> {
  const programs = new Map<string, Program>();
  for (const { program } of tasks)
    if (!programs.has(program)) programs.set(program, await loadDocument<Program>(db, program));
  return tasks.map(({ step, program, ...task }) => {
    const { steps, timezone } = programs.get(program)!;
    const declared = step === null ? undefined : steps[step];
    return {
      ...task,
      timezone,
      outcomes: declared?.kind === "task" ? declared.outcomes.map((outcome) => outcome.id) : [],
    };
  });
}

async function refuseUnknown(db: Database, what: "run" | "team", name: string | undefined): Promise<void> {
  if (name === undefined) return;
  const { rows } = await (
    what === "run"
      ? sql<{ name: string }>`select id as name from runs order by launched_at desc limit 500`
      : sql<{ name: string }>`select distinct team as name from tasks`
  ).execute(db);
  const known = rows.map((row) => row.name);
  if (known.includes(name)) return;
  const message =
    what === "run"
      ? { en: "there is no such run", "zh-CN": "没有这个运行" }
      : { en: "this team has no tasks", "zh-CN": "该团队没有任务" };
  throw refuse(name, message, nearest(name, known));
}
