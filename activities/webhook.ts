import { plus } from "../src/campaign/calendar.ts";
import { digitsOf } from "../src/campaign/currency.ts";
import { decided } from "../src/campaign/decide/decision.ts";
import type { WebhookStep } from "../src/campaign/program.ts";
import type { Ast, Value } from "../src/rule/ast.ts";
import { evaluate } from "../src/rule/evaluate.ts";
import { timeOf } from "../src/store/clock.ts";
import { insertWaits } from "../src/store/wait.ts";
import { insertCalls } from "../src/store/webhook-call.ts";
import { effectId, type Handler, type Member } from "./context.ts";
import { loadLookups } from "./lookup.ts";

/** Writes down what another system is to be told, and waits for its answer. */
export const webhook: Handler<WebhookStep> = async (context, step) => {
  const { tx, batch, members, at, time, name, program } = context;
  const lookupOf = await loadLookups(context, Object.values(step.body));
  const unit = 10 ** digitsOf(program.currency);
  // amounts leave as they come in: in major units
  const outside = ({ type }: Ast, value: Value) =>
    type === "money" && typeof value === "number" ? value / unit : value;
  const until = (member: Member) => timeOf(plus(member.calendar, at, step.within.days, step.within.minutes));
  await insertCalls(
    tx,
    members.map((member) => ({
      id: effectId(context, member),
      enrolment: member.id,
      customer: member.customer,
      run: batch.run,
      step: name,
      occurrence: batch.occurrence,
      hook: step.hook,
      body: Object.fromEntries(
        Object.entries(step.body).map(([field, rule]) => [field, outside(rule, evaluate(rule, lookupOf(member.id)))]),
      ),
      epoch: member.epoch,
      validUntil: until(member),
    })),
    time,
  );
  await insertWaits(
    tx,
    members.map((member) => ({
      enrolment: member.id,
      step: name,
      occurrence: batch.occurrence,
      kind: "webhook",
      customer: member.customer,
      eventType: null,
      since: time,
      until: until(member),
    })),
  );
  context.lanes.add("webhook");
  return members.map(() => decided("waiting"));
};
