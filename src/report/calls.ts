import { sql } from "kysely";
import type { TaskStep } from "../campaign/program.ts";
import { type Scope, stepsInOrder } from "./scope.ts";

export interface Calls {
  /** one row per task step of the journey; connected and unconnected are done tasks by what the step says of their outcome */
  steps: {
    step: string;
    title: string;
    team: string;
    total: number;
    open: number;
    done: number;
    connected: number;
    overdue: number;
    closed: number;
    attempts: number;
    outcomes: Record<string, number>;
  }[];
  /** work that did not come from a step: watches, complaints, budget alarms */
  others: { kind: string; open: number; done: number; overdue: number; closed: number }[];
}

interface Row {
  step: string;
  status: "open" | "done" | "overdue" | "closed";
  outcome: string | null;
  tasks: number;
  attempts: number;
}

export async function loadCalls({ tx, run, program }: Scope): Promise<Calls> {
  const { rows } = await sql<Row>`
    select step, status, outcome, count(*)::int as tasks, sum(attempts)::int as attempts
    from tasks where run = ${run} and kind = 'call'
    group by step, status, outcome order by step, tasks desc, outcome`.execute(tx);
  const { rows: others } = await sql<Calls["others"][number]>`
    select kind, count(*) filter (where status = 'open')::int as open, count(*) filter (where status = 'done')::int as done,
      count(*) filter (where status = 'overdue')::int as overdue, count(*) filter (where status = 'closed')::int as closed
    from tasks where run = ${run} and kind not in ('call', 'plan')
    group by kind order by kind`.execute(tx);
  const steps = stepsInOrder(program).filter(
    (each): each is typeof each & { step: TaskStep } => each.step.kind === "task",
  );
  return {
    steps: steps.map(({ name, step }) =>
      summary(
        name,
        step,
        rows.filter((row) => row.step === name),
      ),
    ),
    others,
  };
}

function summary(name: string, step: TaskStep, rows: Row[]): Calls["steps"][number] {
  const count = (test: (row: Row) => boolean) => rows.filter(test).reduce((sum, row) => sum + row.tasks, 0);
  const connects = new Set(step.outcomes.filter((outcome) => outcome.connected).map((outcome) => outcome.id));
  const outcomes: Record<string, number> = {};
  for (const row of rows) {
    if (row.outcome !== null) outcomes[row.outcome] = (outcomes[row.outcome] ?? 0) + row.tasks;
  }
  return {
    step: name,
    title: step.title,
    team: step.team,
    total: count(() => true),
    open: count((row) => row.status === "open"),
    done: count((row) => row.status === "done"),
    connected: count((row) => row.status === "done" && row.outcome !== null && connects.has(row.outcome)),
    overdue: count((row) => row.status === "overdue"),
    closed: count((row) => row.status === "closed"),
    attempts: rows.reduce((sum, row) => sum + row.attempts, 0),
    outcomes,
  };
}
