import { bookedAtIssue, couponCost } from "../campaign/decide/cost.ts";
import { couponKey, type NewBudgetEntry } from "../store/budget.ts";
import { loadLaterSolutions, openComplaints, type NewComplaint, solveComplaints } from "../store/complaint.ts";
import { type Consent, setConsents } from "../store/consent.ts";
import type { Tx } from "../store/database.ts";
import { type RedeemedCoupon, redeemCoupons } from "../store/redemption.ts";
import type { Batch, Pending } from "./batch.ts";
import { dataOf } from "./event-data.ts";
import { loadPrograms } from "./program.ts";

/** Events that only state something about a customer: complaints, consents, redeemed coupons. */
export async function recordFacts(tx: Tx, batch: Batch): Promise<void> {
  await recordComplaints(tx, batch);
  await recordConsents(tx, batch);
  await recordRedemptions(tx, batch);
}

async function recordComplaints(tx: Tx, batch: Batch): Promise<void> {
  const opened: NewComplaint[] = [];
  for (const event of ofType(batch, "complaint.opened")) {
    const data = dataOf("complaint.opened", event, batch.home.currency);
    opened.push({
      id: data.complaint_id ?? `${event.source}/${event.event_id}`,
      customer: event.customer,
      severity: data.severity ?? "medium",
      source: event.source,
      enrolment: null,
      note: data.note ?? null,
      opened_at: event.occurred_at,
    });
    event.reaction.complaint = "opened";
  }
  await openComplaints(tx, opened);
  const solving = ofType(batch, "complaint.solved");
  const ids = solving.map((event) => dataOf("complaint.solved", event, batch.home.currency).complaint_id ?? null);
  const solutions = solving.map((event, i) => ({ customer: event.customer, id: ids[i]!, at: event.occurred_at }));
  // a complaint that we hear of late may be mended already
  const solved = await solveComplaints(tx, [...(await loadLaterSolutions(tx, opened)), ...solutions], batch.at);
  batch.released = solved.length > 0;
  solving.forEach((event, i) => {
    const did = solved.some((row) => row.customer === event.customer && (ids[i] === null || ids[i] === row.id));
    event.reaction.complaint = did ? "solved" : "unknown";
  });
}

async function recordConsents(tx: Tx, batch: Batch): Promise<void> {
  const consents: Consent[] = [];
  for (const event of ofType(batch, "consent.changed")) {
    const { channel, topic, granted } = dataOf("consent.changed", event, batch.home.currency);
    consents.push({
      customer: event.customer,
      channel,
      topic: topic ?? "promotion",
      granted,
      source: event.source,
      at: event.occurred_at,
    });
    event.reaction.consent = granted ? "granted" : "withdrawn";
  }
  await setConsents(tx, consents);
}

async function recordRedemptions(tx: Tx, batch: Batch): Promise<void> {
  const events = ofType(batch, "coupon.redeemed");
  const rows = events.map((event) => {
    const { code, order_id } = dataOf("coupon.redeemed", event, batch.home.currency);
    return { code, customer: event.customer, order_id: order_id ?? null, at: event.occurred_at };
  });
  const { redeemed, fresh } = await redeemCoupons(tx, rows);
  events.forEach((event, i) => {
    event.reaction.coupon = redeemed[i] ? "redeemed" : "unknown";
  });
  batch.costs.push(...(await costsOf(tx, fresh)));
}

/** What redemptions cost that was not set aside when their codes were given, or is no longer. */
async function costsOf(tx: Tx, redeemed: RedeemedCoupon[]): Promise<NewBudgetEntry[]> {
  const programs = await loadPrograms(
    tx,
    redeemed.map((row) => row.program),
  );
  return redeemed.flatMap((row) => {
    const pool = programs.get(row.program)!.program.coupons[row.pool];
    const cost = pool && couponCost(pool);
    if (!cost || (bookedAtIssue(pool) && row.before !== "expired")) return [];
    return [{ run: row.run, line: cost.line, key: `${couponKey(row)}/redeemed`, amount: cost.amount, note: row.pool }];
  });
}

function ofType(batch: Batch, type: string): Pending[] {
  return batch.events.filter((event) => event.type === type);
}
