import { sql } from "kysely";
import { plus } from "../src/campaign/calendar.ts";
import { decided, skipped } from "../src/campaign/decide/decision.ts";
import { heldByProblem } from "../src/campaign/decide/hold.ts";
import { DEFAULT_VALIDITY, validUntil } from "../src/campaign/decide/validity.ts";
import { code, type TaskStep } from "../src/campaign/program.ts";
import { timeOf } from "../src/store/clock.ts";
import type { Tx } from "../src/store/database.ts";
import { insertTasks } from "../src/store/task.ts";
import { insertWaits } from "../src/store/wait.ts";
import { effectId, type Handler, type Member } from "./context.ts";
import { withOpenComplaint } from "./problem.ts";

/** Work for a person: a row in their list, and a wait that `task done` meets. */
export const task: Handler<TaskStep> = async (context, step) => {
  const { tx, batch, program, members, at, time, name } = context;
  const complaints = await withOpenComplaint(tx, members);
  const decisions = members.map((member) => {
    const until = validUntil(member.calendar, member.firstDue, DEFAULT_VALIDITY);
    if (at >= until) return skipped("expired");
    const openComplaint = complaints.has(member.customer);
    return (
      heldByProblem({ policy: program.policy, kind: step.sendKind, openComplaint, at, validUntil: until }) ??
      decided("waiting")
    );
  });
  const asked = members.filter((_, i) => decisions[i]!.outcome === code("waiting"));
  const owners = step.by === "owner" ? await ownersOf(tx, asked) : new Map<number, string>();
  const dueAt = (member: Member) => timeOf(plus(member.calendar, at, step.due.days, step.due.minutes));
  await insertTasks(
    tx,
    asked.map((member) => ({
      id: effectId(context, member),
      run: batch.run,
      kind: "call",
      enrolment: member.id,
      customer: member.customer,
      step: name,
      occurrence: batch.occurrence,
      title: step.title,
      team: step.team,
      assignee: owners.get(member.customer) ?? null,
      script: step.script ?? null,
      dueAt: dueAt(member),
      maxAttempts: step.attempts,
    })),
    time,
  );
  await insertWaits(
    tx,
    asked.map((member) => ({
      enrolment: member.id,
      step: name,
      occurrence: batch.occurrence,
      kind: "task",
      customer: member.customer,
      eventType: null,
      since: timeOf(batch.due),
      until: dueAt(member),
    })),
  );
  return decisions;
};

async function ownersOf(tx: Tx, members: Member[]): Promise<Map<number, string>> {
  const { rows } = await sql<{ id: number; owner: string }>`
    select id, owner from customers
    where id = any(${members.map((member) => member.customer)}::bigint[]) and owner is not null`.execute(tx);
  return new Map(rows.map((row) => [row.id, row.owner]));
}
