import type { StepDefinition } from "../../definition/step.ts";
import type { RepeatDefinition } from "../../definition/steps/repeat.ts";
import { code } from "../../program.ts";
import type { Place } from "../place.ts";

/** [ask `until`] → steps → count → [sleep `every`] → again. Leaving early sets the count back: an outer loop may come again. */
export function compileRepeat(
  { id, repeat }: RepeatDefinition<StepDefinition[]>,
  { assembler, next, nested }: Place,
): void {
  const { times, every, until, steps } = repeat;
  const register = assembler.register();
  const [start, count] = [assembler.ahead(), assembler.ahead()];
  assembler.inside([register, times], () => {
    if (until === undefined) return assembler.alias(start, nested(steps, count));
    const [body, leave] = [assembler.ahead(), assembler.ahead()];
    assembler.place(start);
    const step = { kind: "branch" as const, id, cases: [until] };
    assembler.op(`${id}/until`, step, { next: leave, on: { [code("no")]: body } });
    assembler.place(leave);
    assembler.loop(register, 1, start, next);
    assembler.alias(body, nested(steps, count));
  });
  const again = every === undefined ? start : assembler.ahead();
  assembler.place(count);
  assembler.loop(register, times, again, next);
  if (every === undefined) return;
  assembler.place(again);
  assembler.sleep({ after: every }, start);
}
