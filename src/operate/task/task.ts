import { sql } from "kysely";
import { endsJourney } from "../../campaign/flow.ts";
import { option, type Program, type TaskStep } from "../../campaign/program.ts";
import { absent, nearest, refuse } from "../../fault.ts";
import { minuteOf, now } from "../../store/clock.ts";
import { solveComplaints } from "../../store/complaint.ts";
import { lockCustomers } from "../../store/customer.ts";
import { type Database, transaction, type Tx } from "../../store/database.ts";
import { loadDocument } from "../../store/document.ts";
import { endEnrolments } from "../../store/enrolment.ts";
import { openBehindGate } from "../../store/gate.ts";
import { loadRun } from "../../store/run.ts";
import { lockGates } from "../../store/phase.ts";
import { insertStimuli } from "../../store/stimulus.ts";
import { loadTask, openBefore, type Task, updateTask } from "../../store/task.ts";
import { meetWait } from "../../store/wait.ts";
import { type Asker, seesOnlyOwn } from "../access/own.ts";
import { showTask } from "./list.ts";

export interface TaskReport {
  /** id of one of the outcomes that the step declares; calls need one */
  outcome?: string;
  note?: string;
  by?: string;
}

export interface TaskDone {
  id: string;
  /** open: nobody was reached, and it is to be tried again */
  status: "done" | "open";
  attemptsLeft: number;
  /** after its due time; the journey has gone on without it */
  late: boolean;
  /** for a gate of the plan: by how many days later phases move, and how many members go on */
  movedDays: number;
  released: number;
}

/**
 * Records what came of a task. Wake "dispatch" afterwards.
 * @throws InputError when there is no such task (that the asker may see), it is no longer open, or the outcome is none of its step's
 */
export async function taskDone(db: Database, id: string, report: TaskReport, asker?: Asker): Promise<TaskDone> {
  if (seesOnlyOwn(asker)) await showTask(db, id, asker);
  return transaction(db, async (tx) => {
    const task = await lockTask(tx, id);
    if (task.status === "closed") {
      throw refuse(id, {
        en: "the task is closed: the customer's journey has moved on",
        "zh-CN": "任务已关闭：该客户的流程已继续或结束",
      });
    }
    if (task.status === "done") throw refuse(id, { en: "the task is already done", "zh-CN": "任务已完成" });
    const run = await loadRun(tx, task.run);
    if (run.status === "closed" || run.status === "stopped") {
      throw refuse(id, {
        en: `the run is ${run.status}`,
        "zh-CN": `该运行已${run.status === "closed" ? "结束" : "停止"}`,
      });
    }
    const program = await loadDocument<Program>(tx, run.program);
    const at = await now(tx);
    switch (task.kind) {
      case "call":
        return callDone(tx, task, program, report, at);
      case "plan":
        await refuseEarly(tx, task);
        await store(tx, task, report, at);
        if (!task.gate || task.phase === null) return plain(task, at);
        return { ...plain(task, at), ...(await openBehindGate(tx, task.run, program, task.phase, at)) };
      case "complaint":
        await store(tx, task, report, at);
        await solveComplaints(tx, [{ customer: task.customer!, id, at }], at);
        return plain(task, at);
      default:
        await store(tx, task, report, at);
        return plain(task, at);
    }
  });
}

/** A row of the plan is not done before those that it comes after. */
async function refuseEarly(tx: Tx, task: Task): Promise<void> {
  const waiting = await openBefore(tx, task.id);
  if (waiting.length === 0) return;
  throw refuse(
    task.id,
    {
      en: `comes after ${waiting.map(({ title }) => `"${title}"`).join(", ")}, which is not done`,
      "zh-CN": `须在 ${waiting.map(({ title }) => `“${title}”`).join("、")} 完成之后`,
    },
    { en: `first: rekindle task done ${waiting[0]!.id}`, "zh-CN": `请先：rekindle task done ${waiting[0]!.id}` },
  );
}

/** Locks in the order of the whole system: customer, enrolment, then (gates and) the task. */
async function lockTask(tx: Tx, id: string): Promise<Task> {
  const seen = await loadTask(tx, id);
  if (!seen) throw await unknownTask(tx, id);
  if (seen.customer !== null) await lockCustomers(tx, [seen.customer]);
  if (seen.enrolment !== null)
    await sql`select 1 from enrolments where id = ${seen.enrolment} for no key update`.execute(tx);
  if (seen.gate) await lockGates(tx, seen.run);
  return (await loadTask(tx, id, true))!;
}

async function unknownTask(tx: Tx, id: string) {
  // of one run only: a home may have a million tasks
  const { rows } = await sql<{ id: string }>`
    select id from tasks where status = 'open' and (${id} not like '%/%' or run = split_part(${id}, '/', 1))
    order by id limit 2000`.execute(tx);
  const hint = nearest(
    id,
    rows.map((row) => row.id),
  );
  return absent(id, { en: "there is no such task", "zh-CN": "没有这个任务" }, hint);
}

async function callDone(tx: Tx, task: Task, program: Program, report: TaskReport, at: Date): Promise<TaskDone> {
  const step = program.steps[task.step!] as TaskStep;
  const index = outcomeIndex(task.id, step, report.outcome);
  const attempts = task.attempts + 1;
  const attemptsLeft = Math.max(0, task.maxAttempts - attempts);
  if (!step.outcomes[index]!.connected && attemptsLeft > 0 && task.status === "open") {
    await store(tx, task, report, at, { status: "open", attempts });
    return { ...plain(task, at), status: "open", attemptsLeft };
  }
  await store(tx, task, report, at);
  const key = { enrolment: task.enrolment!, step: task.step!, occurrence: task.occurrence! };
  if (task.status === "open" && (await meetWait(tx, { ...key, kind: "task" }, option(index), at))) {
    await tellMember(tx, task, program, option(index), at);
  }
  return { ...plain(task, at), late: task.status === "overdue" };
}

function outcomeIndex(id: string, step: TaskStep, outcome: string | undefined): number {
  const known = step.outcomes.map((each) => each.id);
  const list = known.join(", ");
  if (outcome === undefined) {
    throw refuse(id, { en: `say what came of it: --outcome ${list}`, "zh-CN": `请说明结果：--outcome ${list}` });
  }
  const index = known.indexOf(outcome);
  if (index >= 0) return index;
  const message = {
    en: `"${outcome}" is not an outcome of this task (${list})`,
    "zh-CN": `"${outcome}" 不是该任务的结果（${list}）`,
  };
  throw refuse(id, message, nearest(outcome, known));
}

async function store(
  tx: Tx,
  task: Task,
  report: TaskReport,
  at: Date,
  change: { status: "done" | "open"; attempts: number } = { status: "done", attempts: task.attempts + 1 },
): Promise<void> {
  const outcome = report.outcome ?? null;
  const doneAt = change.status === "done" ? at : null;
  await updateTask(tx, task.id, { ...change, outcome, note: report.note ?? null, by: report.by ?? null, doneAt });
}

function plain(task: Task, at: Date): TaskDone {
  return {
    id: task.id,
    status: "done",
    attemptsLeft: 0,
    late: task.dueAt !== null && at > task.dueAt,
    movedDays: 0,
    released: 0,
  };
}

async function tellMember(tx: Tx, task: Task, program: Program, outcome: number, at: Date): Promise<void> {
  const { rows } = await sql<{ cohort: number | null; member: number | null }>`
    select cohort, member from enrolments where id = ${task.enrolment} and status = 'live'`.execute(tx);
  const { cohort, member } = rows[0] ?? {};
  if (cohort == null || member == null) return;
  const pc = program.code.instructions.findIndex(
    (instruction) => instruction.do === "op" && instruction.step === task.step,
  );
  const stimulus = { kind: "met" as const, at: minuteOf(at), pc, occurrence: task.occurrence!, outcome };
  await insertStimuli(tx, [{ run: task.run, cohort, member, stimulus }], at);
  if (endsJourney(program.code, pc, outcome, task.occurrence!))
    await endEnrolments(tx, [task.enrolment!], "completed", at);
}
