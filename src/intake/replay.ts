import { insertBudgetEntries } from "../store/budget.ts";
import { now } from "../store/clock.ts";
import { loadOrderStates } from "../store/conversion.ts";
import { lockCustomers } from "../store/customer.ts";
import { type Database, transaction, type Tx } from "../store/database.ts";
import { findEventsById, saveReactions } from "../store/event.ts";
import {
  lockReacted,
  lockWaiting,
  type ReactedRow,
  reopenFailed,
  type Reread,
  saveReread,
} from "../store/event-again.ts";
import { insertStimuli } from "../store/stimulus.ts";
import type { Batch, Pending } from "./batch.ts";
import { recordFacts } from "./fact.ts";
import { openGoals } from "./goal.ts";
import { loadMembers } from "./member.ts";
import { recordOrders } from "./order.ts";
import { conditionOf, faultCode, loadWaits, react, type ReactOptions } from "./react.ts";
import type { Reaction } from "./reaction.ts";
import { readAgain } from "./reread.ts";
import { lookAgain } from "./segment.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { openJudge } from "./where.ts";

export interface Replayed {
  /** events.id of those that did something now */
  changed: number[];
  /** of those whose data could not be worked with again */
  failed: number[];
}

interface Again extends Pending {
  previous: Reaction;
  /** it means something by now that nothing knew of when it came */
  reread: boolean;
}

export interface ReplayOptions extends ReactOptions {
  /** what names mean by now; left out: what they meant when the events came */
  vocabulary?: Vocabulary;
}

/**
 * Reacts again to events, at most BATCH of them. Those that have not been reacted to, or only with an error, are reacted to
 * whole, as if they came now. Of the others only what they should have recorded and could not is tried again: an order, a
 * refund, a solved complaint, a redeemed coupon, a conversion; and, of those that came under a name which means something
 * by now only, what their meaning records: orders, refunds, complaints, consents, coupons, conversions. Waits, triggers, rewards and answers were decided when they
 * came and stay as they are. So it may be done as often as one likes.
 */
export async function replay(options: ReplayOptions, ids: number[]): Promise<Replayed> {
  const open = await transaction(options.db, async (tx) => {
    const waiting = await reopenFailed(tx, ids);
    if (options.vocabulary) {
      const { events } = readAgain(await lockWaiting(tx, waiting), options.vocabulary);
      await saveReread(tx, [...events.values()]);
    }
    return waiting;
  });
  if (open.length > 0) await react(options, open.length, { ids: open });
  const failed = await stillFailed(options.db, open);
  const rest = ids.filter((id) => !open.includes(id));
  const again = await lookAtReacted(options, rest);
  return {
    changed: [...open.filter((id) => !failed.includes(id)), ...again.changed],
    failed: [...failed, ...again.failed],
  };
}

/** One transaction; halved until the event is found whose data is at fault, which stays as it is. */
async function lookAtReacted(options: ReplayOptions, ids: number[]): Promise<Replayed> {
  if (ids.length === 0) return { changed: [], failed: [] };
  try {
    const { batch, changed, unfit = [] } = await transaction(options.db, (tx) => recordAgain(tx, options, ids));
    if (batch && (batch.stimuli.length > 0 || batch.released)) options.onStimuli();
    if (batch?.released) options.onReleased?.();
    if (batch?.moved) options.onMoved?.();
    return { changed, failed: unfit };
  } catch (error) {
    if (faultCode(error) === undefined) throw error;
    if (ids.length === 1) return { changed: [], failed: ids };
    const middle = Math.ceil(ids.length / 2);
    const first = await lookAtReacted(options, ids.slice(0, middle));
    const second = await lookAtReacted(options, ids.slice(middle));
    return { changed: [...first.changed, ...second.changed], failed: [...first.failed, ...second.failed] };
  }
}

async function recordAgain(
  tx: Tx,
  { home, vocabulary }: ReplayOptions,
  ids: number[],
): Promise<{ batch?: Batch; changed: number[]; unfit?: number[] }> {
  const rows = await lockReacted(tx, ids);
  if (rows.length === 0) return { changed: [] };
  await lockCustomers(tx, [...new Set(rows.map((row) => row.customer))]);
  const at = await now(tx);
  const meant = vocabulary && readAgain(rows, vocabulary);
  await saveReread(tx, [...(meant?.events.values() ?? [])]);
  const events = rows.map((row) => again(row, meant?.events.get(row.id)));
  const flags = { joined: false, released: false, moved: false };
  const batch: Batch = { at, home, events, earlier: [], stimuli: [], costs: [], ...flags };

  const recording: Batch = { ...batch, events: events.filter(isUnrecorded) };
  const orders = await recordOrders(tx, recording);
  await recordFacts(tx, recording);
  batch.released = recording.released;
  batch.earlier = recording.earlier.filter((event) => !ids.includes(event.id));
  const paid = events.filter((event) => event.type === "order.paid").map((event) => String(event.data.order_id));
  for (const [id, state] of await loadOrderStates(tx, paid)) if (!orders.has(id)) orders.set(id, state);

  const members = await loadMembers(tx, batch);
  if (members.size > 0) {
    const waits = (await loadWaits(tx, batch, members)).filter((wait) => wait.kind === "goal");
    const goals = openGoals(batch, waits, await openJudge(tx, batch, waits.flatMap(conditionOf)), orders);
    for (const event of [...batch.earlier, ...events]) goals.react(event);
    await goals.store(tx);
    await insertStimuli(tx, batch.stimuli, at);
  }
  const acted = { ...batch, events: events.filter(didMore) };
  if (acted.events.length > 0) await lookAgain(tx, acted, []);
  batch.moved = acted.moved;
  await insertBudgetEntries(tx, batch.costs, at);
  const changed = events.filter(didMore);
  await saveReactions(tx, [
    ...changed.map(({ id, previous, reaction }) => ({ id, reaction: merged(previous, reaction, at) })),
    ...batch.earlier.filter((event) => Object.keys(event.reaction).length > 0),
  ]);
  return { batch, changed: changed.map((event) => event.id), unfit: meant?.unfit ?? [] };
}

function again(row: ReactedRow, meant: Reread | undefined): Again {
  const previous = (row.reaction ?? {}) as Reaction;
  if (meant === undefined) return { ...row, previous, reaction: {}, reread: false };
  return { ...row, ...meant, previous: { ...previous, name: row.type }, reaction: {}, reread: true };
}

/** It should have recorded something and could not: what it spoke of was not here, or somebody else's. */
function isUnrecorded({ reread, previous: { order, complaint, coupon } }: Again): boolean {
  return (
    reread || order === "unknown" || order === "of-another-customer" || complaint === "unknown" || coupon === "unknown"
  );
}

function didMore({ reread, previous, reaction }: Again): boolean {
  if (reread) return true;
  const { order, complaint, coupon, converted, takenBack } = reaction;
  const recorded =
    order === "known" ? previous.order === "of-another-customer" : order !== undefined && DONE.has(order);
  return recorded || complaint === "solved" || coupon === "redeemed" || Boolean(converted ?? takenBack);
}

const DONE = new Set<Reaction["order"]>(["stored", "refunded", "cancelled"]);

function merged(previous: Reaction, more: Reaction, at: Date): Reaction {
  const both = <T>(one: T[] | undefined, other: T[] | undefined) => (other ? [...(one ?? []), ...other] : undefined);
  const lists = {
    converted: both(previous.converted, more.converted),
    takenBack: both(previous.takenBack, more.takenBack),
    entered: both(previous.entered, more.entered),
    left: both(previous.left, more.left),
  };
  const given = Object.fromEntries(Object.entries(lists).filter(([, list]) => list !== undefined));
  return { ...previous, ...more, ...given, replayed: at.toISOString() };
}

async function stillFailed(db: Database, ids: number[]): Promise<number[]> {
  if (ids.length === 0) return [];
  const rows = await findEventsById(db, ids);
  return rows.filter((row) => row.reaction && "error" in row.reaction).map((row) => row.id);
}
