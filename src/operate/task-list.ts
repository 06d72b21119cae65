import { sql } from "kysely";
import type { Program } from "../campaign/program.ts";
import { nearest, refuse } from "../fault.ts";
import type { Database } from "../store/database.ts";
import { loadDocument } from "../store/document.ts";
import type { TaskKind, TaskStatus } from "../store/task.ts";

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
  /** also those that are done or closed */
  all?: boolean;
}

/** What is to be done, the most urgent first. @throws InputError when run or team is unknown */
export async function listTasks(db: Database, filter: TaskFilter): Promise<TaskView[]> {
  await refuseUnknown(db, "run", filter.run);
  await refuseUnknown(db, "team", filter.team);
  const { rows } = await sql<TaskView & { step: string | null; program: string }>`
    select t.id, t.run, t.kind, t.title, t.team, t.assignee, c.customer_id as "customerId", t.script, t.phase, t.gate,
      t.plan_after as after, t.from_at as "from", t.due_at as due, t.status, t.attempts, t.max_attempts as "maxAttempts",
      t.outcome, t.note, t.step, r.program
    from tasks t
    join runs r on r.id = t.run
    left join customers c on c.id = t.customer
    where (${filter.run ?? null}::text is null or t.run = ${filter.run ?? null})
      and (${filter.team ?? null}::text is null or t.team = ${filter.team ?? null})
      and (${filter.all ?? false} or t.status in ('open', 'overdue') and r.status not in ('closed', 'stopped'))
    order by t.due_at nulls last, t.id`.execute(db);
  const programs = new Map<string, Program>();
  for (const { program } of rows)
    if (!programs.has(program)) programs.set(program, await loadDocument<Program>(db, program));
  return rows.map(({ step, program, ...task }) => {
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
