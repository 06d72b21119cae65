import type { StepDefinition } from "../../definition/step.ts";
import type { RsvpDefinition } from "../../definition/steps/rsvp.ts";
import { code, option, RSVP_OUTCOMES } from "../../program.ts";
import type { Place } from "../place.ts";
import { mail } from "./send.ts";

/** Invitations are service, not advertising, as the answers to them are. */
export function compileRsvp({ id, rsvp }: RsvpDefinition<StepDefinition[]>, { assembler, next, nested }: Place): void {
  const { within, seats, answers, timeout } = rsvp;
  const [expire, silent] = [assembler.ahead(), assembler.ahead()];
  const ways = answers.map(() => assembler.ahead());
  const on = {
    ...Object.fromEntries(answers.map((answer, i) => [option(RSVP_OUTCOMES.indexOf(answer.id)), ways[i]!])),
    [code("timeout")]: silent,
  };
  const step = { kind: "rsvp" as const, id, ...mail({ ...rsvp, kind: "service" }), within, ...(seats && { seats }) };
  assembler.op(id, step, { next, on, within, expire });
  assembler.place(expire);
  assembler.op(`${id}/expire`, { kind: "expire", id, of: id, as: "timeout" }, { next, on });
  for (const [index, { then }] of answers.entries()) assembler.alias(ways[index]!, nested(then ?? [], next));
  assembler.alias(silent, nested(timeout ?? [], next));
}
