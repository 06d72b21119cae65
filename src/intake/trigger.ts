import { digitsOf } from "../campaign/currency.ts";
import { inMinutes } from "../campaign/duration.ts";
import { eventValue } from "../campaign/event-value.ts";
import { variablesOf } from "../rule/ast.ts";
import { holds } from "../rule/evaluate.ts";
import type { Tx } from "../store/database.ts";
import { loadFacts } from "../store/facts.ts";
import { lockGroups } from "../store/entry.ts";
import type { Joiner } from "../store/join/eligible.ts";
import { join } from "../store/join/join.ts";
import { insertSettling, type Settling } from "../store/join/settling.ts";
import type { Batch, Pending } from "./batch.ts";
import { runsTriggeredBy, type Triggered } from "./standing-run.ts";

type Waiting = Triggered<"event">;

/** Events that bring their customers into standing runs: at once, or after a while without a further one. */
export async function joinByEvents(tx: Tx, batch: Batch): Promise<void> {
  const settling: Settling[] = [];
  const types = new Set(batch.events.map((event) => event.type));
  const triggered = (await runsTriggeredBy(tx, "event")).filter(({ trigger }) => types.has(trigger.event));
  await lockGroups(
    tx,
    triggered.map(({ program }) => program),
  );
  for (const waiting of triggered) {
    const { run, program, trigger } = waiting;
    const fitting = await fittingEvents(tx, batch, waiting);
    const joiners: { event: Pending; joiner: Joiner }[] = [];
    for (const event of fitting) {
      const key = keyOf(trigger, event.data);
      if (key === undefined) (event.reaction.notJoined ??= []).push({ run: run.id, reason: "no-key" });
      else if (trigger.settle) {
        const due = new Date(event.occurred_at.getTime() + inMinutes(trigger.settle) * 60_000);
        settling.push({ run: run.id, customer: event.customer, key, event: event.id, due });
        (event.reaction.settling ??= []).push(run.id);
      } else joiners.push({ event, joiner: { customer: event.customer, key, trigger: event.data } });
    }
    const joined = await join(
      tx,
      run.id,
      program,
      joiners.map(({ joiner }) => joiner),
      batch.at,
    );
    joined.forEach((one, i) => {
      const { reaction } = joiners[i]!.event;
      if ("refused" in one) (reaction.notJoined ??= []).push({ run: run.id, reason: one.refused });
      else if ("waiting" in one) (reaction.waiting ??= []).push(run.id);
      else {
        (reaction.joined ??= []).push({ run: run.id, enrolment: one.enrolment });
        batch.joined = true;
      }
    });
  }
  await insertSettling(tx, settling);
}

/** Those that occurred since the run was launched and that its `where` holds for. */
async function fittingEvents(tx: Tx, batch: Batch, { run, trigger }: Waiting): Promise<Pending[]> {
  const events = batch.events.filter(
    (event) => event.type === trigger.event && event.occurred_at >= run.launchedAt && !event.reaction.error,
  );
  const { where } = trigger;
  if (!where || events.length === 0) return events;
  const variables = variablesOf(where);
  const facts = await loadFacts(tx, {
    customers: [...new Set(events.map((event) => event.customer))],
    variables,
    asOf: batch.at,
    homeZone: batch.home.timezone,
  });
  const scope = new Map(variables.map((variable) => [variable.name, variable]));
  const exponent = digitsOf(batch.home.currency);
  return events.filter((event) =>
    holds(where, (name) => {
      const variable = scope.get(name)!;
      if (variable.source.from === "scope") return eventValue(variable, event.data, exponent);
      return facts.get(event.customer)?.[name];
    }),
  );
}

const LONGEST_KEY = 256;

/** Undefined: the event does not carry the field that enrolments are told apart by. */
function keyOf({ enrolBy }: Waiting["trigger"], data: Record<string, unknown>): string | undefined {
  if (enrolBy === undefined) return "";
  let found: unknown = data;
  for (const part of enrolBy.split(".")) {
    const inner = typeof found === "object" && found !== null && Object.hasOwn(found, part);
    found = inner ? (found as Record<string, unknown>)[part] : undefined;
  }
  if (typeof found !== "string" && typeof found !== "number") return undefined;
  const key = String(found);
  return key !== "" && key.length <= LONGEST_KEY ? key : undefined;
}
