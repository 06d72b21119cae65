import { sql } from "kysely";
import type { PlanRow } from "../campaign/program.ts";
import type { Scope } from "./scope.ts";

export type PlanState = "done" | "done late" | "late" | "open" | "waiting" | "upcoming" | "closed";

export interface PlanLine {
  id: string;
  phase: string;
  title: string;
  owner: string;
  gate: boolean;
  /** ISO 8601, UTC; null where the run has no such task */
  from: string | null;
  due: string | null;
  doneAt: string | null;
  state: PlanState;
  /** ids of the rows that come before it and are not done */
  waitsFor: string[];
  doneWhen: PlanRow["doneWhen"] | null;
}

interface Row {
  id: string;
  status: string;
  from_at: Date | null;
  due_at: Date | null;
  done_at: Date | null;
}

/** The plan's rows in the author's order, with what became of each. */
export async function loadPlan({ tx, run, program, now }: Scope): Promise<PlanLine[]> {
  const { rows } = await sql<Row>`
    select id, status, from_at, due_at, done_at from tasks where run = ${run} and kind = 'plan'`.execute(tx);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return program.plan.map((line) => {
    const row = byId.get(`${run}/plan/${line.id}`);
    const waitsFor = line.after.filter((id) => isOpen(byId.get(`${run}/plan/${id}`)));
    return {
      id: line.id,
      phase: line.phase,
      title: line.title,
      owner: line.owner,
      gate: line.gate,
      from: row?.from_at?.toISOString() ?? null,
      due: row?.due_at?.toISOString() ?? null,
      doneAt: row?.done_at?.toISOString() ?? null,
      state: stateOf(row, waitsFor.length > 0, now),
      waitsFor,
      doneWhen: line.doneWhen ?? null,
    };
  });
}

function isOpen(row: Row | undefined): boolean {
  return row?.status === "open" || row?.status === "overdue";
}

function stateOf(row: Row | undefined, waits: boolean, now: Date): PlanState {
  if (!row) return "upcoming";
  const late = row.due_at !== null && (row.done_at ?? now) > row.due_at;
  if (row.status === "done") return late ? "done late" : "done";
  if (row.status === "closed") return "closed";
  if (late || row.status === "overdue") return "late";
  if (row.from_at !== null && row.from_at > now) return "upcoming";
  return waits ? "waiting" : "open";
}
