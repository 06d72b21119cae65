import type { StepDefinition } from "../../definition/step.ts";
import type { TaskDefinition } from "../../definition/steps/task.ts";
import { option } from "../../program.ts";
import type { Place } from "../place.ts";

export function compileTask({ id, task }: TaskDefinition<StepDefinition[]>, { assembler, next, nested }: Place): void {
  const { to, title, script, due, attempts, kind } = task;
  const outcomes = task.outcomes.map(({ id: outcome, connected }) => ({ id: outcome, connected }));
  const expire = assembler.ahead();
  const ways = task.outcomes.map(() => assembler.ahead());
  const on = Object.fromEntries(ways.map((label, index) => [option(index), label]));
  assembler.op(
    id,
    { kind: "task", id, ...to, title, ...(script && { script }), due, attempts, sendKind: kind, outcomes },
    { next, on, within: due, expire },
  );
  assembler.place(expire);
  assembler.op(`${id}/expire`, { kind: "expire", id, of: id, as: "overdue" }, { next, on });
  for (const [index, { then }] of task.outcomes.entries()) assembler.alias(ways[index]!, nested(then ?? [], next));
}
