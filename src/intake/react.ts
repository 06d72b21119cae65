import { loadOpenWaits } from "../store/awaiting.ts";
import { insertBudgetEntries } from "../store/budget.ts";
import { now } from "../store/clock.ts";
import { claimCustomers } from "../store/customer.ts";
import { type Database, transaction, type Tx } from "../store/database.ts";
import {
  type Chosen,
  claimEvents,
  type EventRow,
  heldElsewhere,
  markReacted,
  noteFreshness,
  saveReactions,
} from "../store/event.ts";
import { forgetAddresses } from "../store/identity.ts";
import { insertStimuli } from "../store/stimulus.ts";
import { traceStimuli } from "../store/trace.ts";
import { eventsReacted, reactionLag } from "../watch/metrics.ts";
import { isTracing, type Span, spanWithin } from "../watch/trace.ts";
import { type Batch, EventError, type Pending, type ReactingHome } from "./batch.ts";
import { openCheckIns } from "./check-in.ts";
import { exitConditions, storeExits } from "./exit.ts";
import { recordFacts } from "./fact.ts";
import { openGoals } from "./goal.ts";
import { recordIdentities } from "./identity.ts";
import { joinByEvents } from "./trigger.ts";
import { type Condition, loadMembers, type Member } from "./member.ts";
import { recordOrders } from "./order.ts";
import { lookAgain } from "./segment.ts";
import { isDataError } from "./receive.ts";
import { openRsvps } from "./rsvp.ts";
import { openSurveys } from "./survey.ts";
import { openWaits, type Waiting, rulesOf } from "./wait.ts";
import { openJudge } from "./where.ts";

export interface ReactOptions {
  db: Database;
  home: ReactingHome;
  /** called after a commit that left stimuli to be sent */
  onStimuli: () => void;
  /** called after a commit that let messages go which had been held; left out, the lane's sweep finds them */
  onReleased?: () => void;
  /** called after a commit that left changes of segments for campaigns that start by them (store/segment-change.ts) */
  onMoved?: () => void;
}

/** The most events that one transaction reacts to. */
export const BATCH = 500;

/**
 * Reacts to the oldest events, of all or of those chosen, that nobody has reacted to, in one transaction.
 * @returns whether there may be more
 */
export async function reactToEvents(options: ReactOptions, which?: Chosen, limit = BATCH): Promise<boolean> {
  return (await react(options, limit, which)) === limit;
}

/**
 * One transaction; on an error in somebody's data, halves it until the one event is found that is at fault.
 * @returns how many events it took; `limit` also when some of them were left because it was not their turn
 */
export async function react(options: ReactOptions, limit: number, which?: Chosen): Promise<number> {
  let claimed: EventRow[] = [];
  let spans: Map<number, Span> | undefined;
  let left = 0;
  try {
    const batch = await transaction(options.db, async (tx) => {
      claimed = await claimEvents(tx, limit, which);
      if (claimed.length === 0) return undefined;
      const made = await reactTo(tx, options, claimed, which);
      if (isTracing()) spans = await traced(tx, made);
      return made;
    });
    for (const span of spans?.values() ?? []) span.end();
    if (batch) count(batch);
    if (batch) left = claimed.length - batch.events.length;
    // a solved complaint lets ops be asked again, too
    if (batch && (batch.stimuli.length > 0 || batch.joined || batch.released)) options.onStimuli();
    if (batch?.released) options.onReleased?.();
    if (batch?.moved) options.onMoved?.();
  } catch (error) {
    const code = faultCode(error);
    if (code === undefined || claimed.length === 0) throw error;
    const ids = claimed.map((event) => event.id);
    if (ids.length === 1) await giveUp(options.db, ids[0]!, code);
    else {
      const middle = Math.ceil(ids.length / 2);
      await react(options, limit, { ids: ids.slice(0, middle) });
      await react(options, limit, { ids: ids.slice(middle) });
    }
  }
  return left > 0 ? limit : claimed.length;
}

/**
 * Everything that a batch of events does. A customer's events are reacted to in the order they were received, whoever does
 * it: those whose turn has not come, as somebody else holds an earlier one, are left to the next batch.
 * @param which what they were chosen by; "all": all of them now, whosesoever turn it is
 */
export async function reactTo(
  tx: Tx,
  { home }: Pick<ReactOptions, "home">,
  claimed: EventRow[],
  which?: Chosen | "all",
): Promise<Batch> {
  const names = claimed.map((row) => row.customer_id);
  const { ids, created } = await claimCustomers(tx, names, claimed[0]!.received_at);
  const earlier = which === "all" ? new Map<string, number>() : await heldElsewhere(tx, claimed, which);
  const rows = claimed.filter((row) => row.id < (earlier.get(row.customer_id) ?? Infinity));
  // the clock is read after locking, so that a later holder of a customer also reads a later time
  const at = await now(tx);
  const events = rows.map((row): Pending => ({ ...row, customer: ids.get(row.customer_id)!, reaction: {} }));
  const batch: Batch = {
    at,
    home,
    events,
    earlier: [],
    stimuli: [],
    joined: false,
    released: false,
    moved: false,
    costs: [],
  };
  if (events.length === 0) return batch;
  for (const id of created) {
    const first = events.find((event) => event.customer === id);
    if (first) first.reaction.customer = "created";
  }
  await markReacted(tx, events, at);

  // facts first: rules below ask about customers as they are with these events
  const orders = await recordOrders(tx, batch);
  await recordFacts(tx, batch);
  await recordIdentities(tx, batch);

  const members = await loadMembers(tx, batch);
  if (members.size > 0) {
    const waits = await loadWaits(tx, batch, members);
    const judge = await openJudge(tx, batch, [...waits.flatMap(conditionOf), ...exitConditions(members.values())]);
    const goals = openGoals(batch, waits, judge, orders);
    const waiting = openWaits(batch, waits, judge);
    const surveys = openSurveys(batch, members, waits, waiting.meet);
    const rsvps = await openRsvps(tx, batch, members, waits, waiting.meet);
    const checkIns = await openCheckIns(tx, batch, members);
    for (const event of batch.earlier) goals.react(event);
    // a purchase acts before that same event's waits
    for (const event of events) for (const area of [goals, checkIns, surveys, rsvps, waiting]) area.react(event);
    // what was met is stored before the goal drops the rest; gifts and their budget lines are locked last
    for (const area of [waiting, surveys, rsvps, goals, checkIns]) await area.store(tx);
    await storeExits(tx, batch, members.values(), judge);
    await insertStimuli(tx, batch.stimuli, at);
  }
  await lookAgain(tx, batch, created);
  await joinByEvents(tx, batch);
  await insertBudgetEntries(tx, batch.costs, at);
  await saveReactions(
    tx,
    [...events, ...batch.earlier].filter((event) => Object.keys(event.reaction).length > 0),
  );
  await noteFreshness(
    tx,
    events.some((event) => event.reaction.order === "stored") ? ["events", "orders"] : ["events"],
    at,
  );
  return batch;
}

/** The events' traces go on with what their customers' journeys are told. @returns spans by event */
async function traced(tx: Tx, { events }: Batch): Promise<Map<number, Span>> {
  const spans = new Map<number, Span>();
  const traces = new Map<number, string>();
  for (const event of events) {
    const span = spanWithin(event.trace, "event reacted", { attributes: { type: event.type } });
    if (!span) continue;
    spans.set(event.id, span);
    traces.set(event.customer, span.trace);
  }
  await traceStimuli(tx, traces);
  return spans;
}

function count({ events, at }: Batch): void {
  eventsReacted.inc({ result: "ok" }, events.length);
  for (const event of events) reactionLag.observe(Math.max(0, at.getTime() - event.received_at.getTime()) / 1000);
}

export function conditionOf(wait: Waiting): Condition[] {
  const goal = wait.member.known.program.goal.convert?.where;
  const rules = wait.kind === "goal" ? (goal ? [goal] : []) : rulesOf(wait);
  return rules.map((rule) => ({ member: wait.member, rule }));
}

export async function loadWaits(tx: Tx, batch: Batch, members: Map<number, Member>): Promise<Waiting[]> {
  const types = [...new Set([...batch.events, ...batch.earlier].map((event) => event.type))];
  const rows = await loadOpenWaits(tx, [...members.keys()], types);
  return rows.map((row) => ({ ...row, member: members.get(row.enrolment)!, met: false }));
}

/** An event that cannot be reacted to must not hold up the others; `event show` says why. */
async function giveUp(db: Database, id: number, code: string): Promise<void> {
  await transaction(db, async (tx) => {
    if ((await claimEvents(tx, 1, { ids: [id] })).length === 0) return;
    await forgetAddresses(tx, [id]);
    await markReacted(tx, [{ id, customer: null }], await now(tx));
    await saveReactions(tx, [{ id, reaction: { error: code } }]);
  });
  eventsReacted.inc({ result: "error" });
}

/** The code of an error that lies in an event's data and would come again; undefined for the database's own troubles. */
export function faultCode(error: unknown): string | undefined {
  if (error instanceof EventError) return error.code;
  if (error instanceof RangeError || error instanceof TypeError) return "unreadable";
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === "string" && severity !== undefined && isDataError(error) ? `sql-${code}` : undefined;
}
