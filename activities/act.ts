import { sql } from "kysely";
import { spentLines, teamOf } from "../src/campaign/decide/cost.ts";
import { type Decision, decided } from "../src/campaign/decide/decision.ts";
import { PROBLEM_FIRST } from "../src/campaign/decide/hold.ts";
import { endsJourney } from "../src/campaign/flow.ts";
import { code, OUTCOMES, type OpInstruction, type Program, type Step } from "../src/campaign/program.ts";
import { raiseSpent } from "../src/store/budget.ts";
import { minuteOf, now, timeOf } from "../src/store/clock.ts";
import { lockCustomers } from "../src/store/customer.ts";
import { type Database, type Tx, transaction } from "../src/store/database.ts";
import { loadDocument } from "../src/store/document.ts";
import {
  customersOf,
  endEnrolments,
  type LockedEnrolment,
  lockMembers,
  raisePositions,
} from "../src/store/enrolment.ts";
import { endHeld, type Held, waitForSolution } from "../src/store/held.ts";
import { insertLedger } from "../src/store/ledger.ts";
import type { Batch, Completed } from "../workflows/contract.ts";
import { type Answer, answersBefore } from "./answered.ts";
import type { Context, Lane, Member, Settings } from "./context.ts";
import { dataFault } from "./failure.ts";
import { handle } from "./handlers.ts";
import { zoneAround } from "../src/store/zone.ts";
import { decisionsTotal } from "../src/watch/metrics.ts";
import { openSpans } from "./spans.ts";

export interface Acted {
  completed: Completed[];
  /** to be woken */
  lanes: Set<Lane>;
}

/** Decides and stores one step for many members. Repeating it, also concurrently, gives the same answers and no second effect. */
export async function act(db: Database, settings: Settings, batch: Batch): Promise<Acted> {
  const program = await loadDocument<Program>(db, batch.program);
  const instruction = program.code.instructions[batch.pc];
  if (instruction?.do !== "op") throw new Error(`instruction ${batch.pc} of program ${batch.program} is no op`);
  const step = program.steps[instruction.step];
  if (!step) throw new Error(`program ${batch.program} has no step ${instruction.step}`);
  const work = { settings, program, instruction, step, batch };
  const { answers, lanes, decisions } = await bisect(db, work, batch.members);
  for (const { outcome } of decisions) decisionsTotal.inc({ kind: step.kind, outcome: OUTCOMES[outcome] ?? "option" });
  return { completed: grouped(answers), lanes };
}

interface Work {
  settings: Settings;
  program: Program;
  instruction: OpInstruction;
  step: Step;
  batch: Batch;
}
interface Result {
  answers: Answer[];
  lanes: Set<Lane>;
  /** those of the answers that were decided now, and stored */
  decisions: Decision[];
}

/** On an error in somebody's data, halves until it is one member's: that one fails, the others go on. */
async function bisect(db: Database, work: Work, members: number[]): Promise<Result> {
  try {
    return await transaction(db, (tx) => attempt(tx, work, members));
  } catch (error) {
    const fault = dataFault(error);
    if (fault === undefined) throw error;
    if (members.length === 1) return transaction(db, (tx) => attempt(tx, work, members, fault));
    const middle = Math.ceil(members.length / 2);
    const first = await bisect(db, work, members.slice(0, middle));
    const second = await bisect(db, work, members.slice(middle));
    return {
      answers: [...first.answers, ...second.answers],
      lanes: new Set([...first.lanes, ...second.lanes]),
      decisions: [...first.decisions, ...second.decisions],
    };
  }
}

/** @param fault when set, members that are to be decided fail with it */
async function attempt(tx: Tx, work: Work, members: number[], fault?: string): Promise<Result> {
  const { batch, instruction, program, step } = work;
  const name = instruction.step;
  await lockCustomers(tx, await customersOf(tx, batch.run, batch.cohort, members));
  const locked = await lockMembers(tx, batch.run, batch.cohort, members);
  const at = Math.max(minuteOf(await now(tx)), batch.due);
  const { before, firstDues } = await answersBefore(tx, program, batch, name, locked);
  const answers: Answer[] = [...before.values()];
  const { open, moot } = await sortOut(
    tx,
    batch,
    locked.filter((row) => !before.has(row.id)),
    at,
  );
  answers.push(...moot);
  // a member without an enrolment (erased meanwhile) has nothing left to do
  const found = new Set(locked.map((row) => row.member));
  for (const member of members) if (!found.has(member)) answers.push({ member, at, ...decided("ended") });
  if (open.length === 0) return { answers, lanes: new Set(), decisions: [] };

  const context: Context = {
    tx,
    settings: work.settings,
    program,
    batch,
    name,
    at,
    time: timeOf(at),
    lanes: new Set(),
    members: [],
  };
  const op = { step: name, occurrence: batch.occurrence };
  const ids = open.map((row) => row.id);
  let decisions: Decision[];
  if (fault !== undefined) {
    decisions = open.map(() => decided("failed", undefined, [fault]));
  } else {
    context.members = open.map((row): Member => {
      return { ...row, calendar: zoneAround(row.zone, at), firstDue: firstDues.get(row.id) ?? batch.due };
    });
    if (batch.attempt > 1) await endHeld(tx, op, ids);
    const spans = await openSpans(context, step);
    decisions = await handle(context, step);
    await spans?.end(decisions);
    await waitForSolution(tx, op, heldOf(open, decisions), context.time);
  }
  const spent = spentLines(decisions).map((line) => ({ run: batch.run, line, team: teamOf(program, line) }));
  await raiseSpent(tx, spent, work.settings.locale, context.time);
  await insertLedger(
    tx,
    open.map((row, i) => ({
      enrolment: row.id,
      step: name,
      occurrence: batch.occurrence,
      attempt: batch.attempt,
      outcome: decisions[i]!.outcome,
      reasons: decisions[i]!.reasons,
      value: decisions[i]!.value ?? null,
      at: context.time,
      due: timeOf(batch.due),
    })),
  );
  await raisePositions(tx, ids, instruction.root);
  const last = open
    .filter((_, i) => endsJourney(program.code, batch.pc, decisions[i]!.outcome, batch.occurrence))
    .map((row) => row.id);
  if (last.length > 0) await endEnrolments(tx, last, "completed", context.time);
  open.forEach((row, i) => answers.push({ member: row.member, at, ...decisions[i]! }));
  return { answers, lanes: context.lanes, decisions };
}

/** Those who are put off until their complaints are solved, or it is too late. */
function heldOf(rows: LockedEnrolment[], decisions: Decision[]): Held[] {
  return rows.flatMap(({ id, customer }, i) => {
    const { outcome, reasons, value } = decisions[i]!;
    if (outcome !== code("deferred") || value === undefined || !reasons.includes(PROBLEM_FIRST)) return [];
    return [{ enrolment: id, customer, until: timeOf(value) }];
  });
}

/** Parts members that are to be decided from those for whom run, end or epoch has settled it. None of that is stored. */
async function sortOut(
  tx: Tx,
  batch: Batch,
  rows: LockedEnrolment[],
  at: number,
): Promise<{ open: LockedEnrolment[]; moot: Answer[] }> {
  if (rows.length === 0) return { open: [], moot: [] };
  const { rows: found } = await sql<{ status: string; program: string; pauses: number }>`
    select status, program, (select count(*)::int from run_pauses p where p.run = r.id) as pauses
    from runs r where id = ${batch.run}`.execute(tx);
  const run = found[0];
  const over = !run || run.status === "stopped" || run.status === "closed";
  const open: LockedEnrolment[] = [];
  const moot: Answer[] = [];
  for (const row of rows) {
    const { member } = row;
    if (over || row.status !== "live") moot.push({ member, at, ...decided("ended") });
    // asked by a workflow that a migration has replaced
    else if (run.program !== batch.program) moot.push({ member, at, ...decided("superseded") });
    else if (row.epoch !== batch.epoch) moot.push({ member, at, ...decided("superseded") });
    // the ordinal of the pause lets the machine tell whether it has already seen its end
    else if (run.status === "paused") moot.push({ member, at, ...decided("paused", run.pauses) });
    else open.push(row);
  }
  return { open, moot };
}

/** Members that share outcome, minute and value share a row, in the order of their numbers. */
function grouped(answers: Answer[]): Completed[] {
  const groups = new Map<string, Completed>();
  for (const { member, outcome, at, value } of [...answers].sort((a, b) => a.member - b.member)) {
    const key = `${outcome} ${at} ${value ?? ""}`;
    const group = groups.get(key);
    if (group) group.members.push(member);
    else groups.set(key, { outcome, at, ...(value !== undefined && { value }), members: [member] });
  }
  return [...groups.values()];
}
