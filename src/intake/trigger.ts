import { digitsOf } from "../campaign/currency.ts";
import { inMinutes } from "../campaign/duration.ts";
import { eventValue } from "../campaign/event-value.ts";
import type { Program, Trigger } from "../campaign/program.ts";
import { triggerOf } from "../campaign/trigger.ts";
import { variablesOf } from "../rule/ast.ts";
import { holds } from "../rule/evaluate.ts";
import type { Tx } from "../store/database.ts";
import { loadDocument } from "../store/document.ts";
import { loadFacts } from "../store/facts.ts";
import type { Joiner } from "../store/join/eligible.ts";
import { join } from "../store/join/join.ts";
import { loadStanding, type StandingRun } from "../store/join/runs.ts";
import { insertSettling, type Settling } from "../store/join/settling.ts";
import type { Batch, Pending } from "./batch.ts";

type EventTrigger = Extract<Trigger, { kind: "event" }>;
interface Waiting {
  run: StandingRun;
  program: Program;
  trigger: EventTrigger;
}

/** Events that bring their customers into standing runs: at once, or after a while without a further one. */
export async function joinByEvents(tx: Tx, batch: Batch): Promise<void> {
  const settling: Settling[] = [];
  for (const waiting of await waitingRuns(tx, batch)) {
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

async function waitingRuns(tx: Tx, batch: Batch): Promise<Waiting[]> {
  const types = new Set(batch.events.map((event) => event.type));
  const found: Waiting[] = [];
  for (const run of await loadStanding(tx)) {
    const program = await loadDocument<Program>(tx, run.program);
    const trigger = triggerOf(program);
    if (trigger.kind === "event" && types.has(trigger.event)) found.push({ run, program, trigger });
  }
  return found;
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
function keyOf({ enrolBy }: EventTrigger, data: Record<string, unknown>): string | undefined {
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
