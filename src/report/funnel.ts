import { sql } from "kysely";
import { optionName } from "../campaign/option-name.ts";
import { OPTION_BASE, OUTCOMES, type Step, code } from "../campaign/program.ts";
import { type Scope, stepsInOrder } from "./scope.ts";

export interface FunnelStep {
  /** op name: "invite", "days/reminder" */
  step: string;
  kind: Step["kind"];
  /** the root step that it belongs to */
  root: string;
  /** members that reached it at least once */
  entered: number;
  /** times it was decided: a daily step counts once a day and member; deferrals are not counted again */
  decisions: number;
  /** decisions by what became of them; a wait that ended shows its end, not "waiting" */
  outcomes: Record<string, number>;
}

interface Row {
  step: string;
  outcome: number | null;
  wait_status: "open" | "met" | "expired" | "dropped" | null;
  wait_outcome: number | null;
  decisions: number;
  entered: number;
  whole: number;
}

/** Every step of the journey in its order, also those that nobody reached. Ends of waits are part of their step. */
export async function loadFunnel(scope: Scope): Promise<FunnelStep[]> {
  const { rows } = await sql<Row>`
    with decided as (
      select distinct on (l.enrolment, l.step, l.occurrence) l.enrolment, l.step, l.occurrence, l.outcome
      from ledger l join enrolments e on e.id = l.enrolment
      where e.run = ${scope.run}
      order by l.enrolment, l.step, l.occurrence, l.attempt desc
    )
    select d.step, d.outcome, w.status as wait_status, w.outcome as wait_outcome,
      count(*)::int as decisions, count(distinct d.enrolment)::int as entered, grouping(d.outcome)::int as whole
    from decided d
    left join waits w on (d.outcome = ${code("waiting")} or (d.outcome = ${code("deferred")} and w.kind = 'condition'))
      and w.enrolment = d.enrolment and w.step = d.step and w.occurrence = d.occurrence
    group by grouping sets ((d.step), (d.step, d.outcome, w.status, w.outcome))
    order by d.step, decisions desc, d.outcome`.execute(scope.tx);
  return stepsInOrder(scope.program)
    .filter(({ step }) => step.kind !== "expire")
    .map(({ name, step, root }) => {
      const own = rows.filter((row) => row.step === name);
      const whole = own.find((row) => row.whole === 1);
      const outcomes: Record<string, number> = {};
      for (const row of own) {
        if (row.whole === 1) continue;
        const outcome = outcomeName(step, row);
        outcomes[outcome] = (outcomes[outcome] ?? 0) + row.decisions;
      }
      return {
        step: name,
        kind: step.kind,
        root: scope.program.roots[root] ?? "",
        entered: whole?.entered ?? 0,
        decisions: whole?.decisions ?? 0,
        outcomes,
      };
    });
}

function outcomeName(step: Step, row: Row): string {
  if (row.wait_status === "met") return nameOf(step, row.wait_outcome ?? code("met"));
  if (row.wait_status === "expired") return step.kind === "task" ? "overdue" : "timeout";
  if (row.wait_status === "dropped") return "dropped";
  if (row.wait_status === "open") return "waiting"; // also one that is asked again each day
  return nameOf(step, row.outcome!);
}

function nameOf(step: Step, outcome: number): string {
  if (outcome < OPTION_BASE) return OUTCOMES[outcome] ?? `outcome ${outcome}`;
  return optionName(step, outcome - OPTION_BASE);
}
