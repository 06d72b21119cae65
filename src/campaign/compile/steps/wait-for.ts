import type { StepDefinition } from "../../definition/step.ts";
import type { WaitForDefinition } from "../../definition/steps/wait-for.ts";
import { ANY_EVENT, type AwaitedEvent, code, option, type WaitForStep } from "../../program.ts";
import type { Place } from "../place.ts";

export function compileWaitFor(
  { id, waitFor }: WaitForDefinition<StepDefinition[]>,
  { assembler, next, nested }: Place,
): void {
  const { event = ANY_EVENT, where, any = [], all, since, within } = waitFor;
  const [expire, met, timeout] = [assembler.ahead(), assembler.ahead(), assembler.ahead()];
  const ways = any.map(({ then }) => (then ? assembler.ahead() : met));
  const on = {
    [code("met")]: met,
    [code("timeout")]: timeout,
    ...Object.fromEntries(ways.map((label, index) => [option(index), label])),
  };
  const step: WaitForStep = {
    kind: "waitFor",
    id,
    event,
    ...(where !== undefined && { where }),
    ...(any.length > 0 && {
      any: any.map((each) => ({ ...awaited(each), ...(each.id !== undefined && { id: each.id }) })),
    }),
    ...(all && { all: all.map(awaited) }),
    ...(waitFor.if !== undefined && { if: waitFor.if }),
    since,
    within,
  };
  assembler.op(id, step, { next, on, within, expire });
  assembler.place(expire);
  assembler.op(`${id}/expire`, { kind: "expire", id, of: id, as: "timeout" }, { next, on });
  assembler.alias(met, nested(waitFor.then ?? [], next));
  for (const [index, { then }] of any.entries()) if (then) assembler.alias(ways[index]!, nested(then, next));
  assembler.alias(timeout, nested(waitFor.timeout ?? [], next));
}

function awaited({ event, where }: AwaitedEvent): AwaitedEvent {
  return { event, ...(where !== undefined && { where }) };
}
