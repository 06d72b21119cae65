import type { StepDefinition } from "../../definition/step.ts";
import type { WaitForDefinition } from "../../definition/steps/wait-for.ts";
import { code } from "../../program.ts";
import type { Place } from "../place.ts";

export function compileWaitFor(
  { id, waitFor }: WaitForDefinition<StepDefinition[]>,
  { assembler, next, nested }: Place,
): void {
  const { event, where, since, within } = waitFor;
  const [expire, met, timeout] = [assembler.ahead(), assembler.ahead(), assembler.ahead()];
  const on = { [code("met")]: met, [code("timeout")]: timeout };
  assembler.op(
    id,
    { kind: "waitFor", id, event, ...(where !== undefined && { where }), since, within },
    { next, on, within, expire },
  );
  assembler.place(expire);
  assembler.op(`${id}/expire`, { kind: "expire", id, of: id, as: "timeout" }, { next, on });
  assembler.alias(met, nested(waitFor.then ?? [], next));
  assembler.alias(timeout, nested(waitFor.timeout ?? [], next));
}
