import { zoneAround } from "../store/zone.ts";
import { setTimeout as sleep } from "node:timers/promises";
import type { Channel, SendResult } from "../channel/channel.ts";
import type { Program } from "../campaign/program.ts";
import { minuteOf, now } from "../store/clock.ts";
import { lockCustomers } from "../store/customer.ts";
import { transaction, type Tx } from "../store/database.ts";
import { loadDocument } from "../store/document.ts";
import { type ClaimedMessage, releaseMessages } from "../store/message-claim.ts";
import {
  lockForCommit,
  type MessageResult,
  settleMeans,
  storeResults,
  storeVerdicts,
  type Verdict,
} from "../store/message-commit.ts";
import { messagesTotal } from "../watch/metrics.ts";
import { spanWithin } from "../watch/trace.ts";
import { loadPeople, prepare, type Prepared, type Preparer } from "./prepare.ts";
import { recheck } from "./recheck.ts";

/** What is lost with a process that dies is at most this many messages whose fate nobody knows. */
const IN_FLIGHT = 20;

export interface BatchSender extends Preparer {
  channel: Channel;
  /** unique to the process */
  by: string;
  leaseMs: number;
  stopping(): boolean;
}

/**
 * Sends claimed messages, twenty at a time: one transaction stores what became of the last twenty and commits the next
 * twenty to sending. @returns whether the channel turned out to be out of order
 */
export async function sendBatch(sender: BatchSender, claimed: ClaimedMessage[], at: Date): Promise<{ down: boolean }> {
  let results: MessageResult[] = [];
  let decided = 0;
  let down = false;
  try {
    const people = await loadPeople(sender.db, claimed);
    const prepareFrom = (from: number) => prepare(sender, claimed.slice(from, from + IN_FLIGHT), people, at);
    let chunk = await prepareFrom(0);
    while (chunk.length > 0 && !down && !sender.stopping()) {
      const { messages, at: date, verdicts } = await transaction(sender.db, (tx) => commit(sender, tx, chunk, results));
      for (const { status } of verdicts) {
        if (status !== "sending") count(sender.channel, status === "withheld" ? "withheld" : "held");
      }
      results = [];
      decided += chunk.length;
      const sending = Promise.all(messages.map((message) => send(sender.channel, message, date)));
      // the next twenty are filled in while these are on their way
      const [sent, next] = await Promise.all([sending, prepareFrom(decided).catch(() => [])]);
      results = sent.map(({ result }) => result);
      for (const { status } of results) count(sender.channel, status === "pending" ? "retried" : status);
      down = sent.some((one) => one.down);
      chunk = next;
    }
  } finally {
    await persist(sender, results);
    // what was not handed over goes back; also a chunk of which nobody knows whether its transaction went through
    const left = claimed.slice(decided).map(({ id }) => id);
    await surely(sender, () => releaseMessages(sender.db, left, sender.by, down ? 5_000 : 0)).catch(() => undefined);
  }
  return { down };
}

/** From the start on there is a figure for each, so that a first one is seen to come. */
export function countFrom0(channel: Channel): void {
  for (const result of ["accepted", "rejected", "unknown", "withheld", "held", "retried"]) {
    messagesTotal.inc({ channel: channel.name, result }, 0);
  }
}

function count({ name: channel }: Channel, result: string): void {
  messagesTotal.inc({ channel, result });
}

interface Committed {
  messages: Prepared[];
  verdicts: Verdict[];
  /** clock time of the commit */
  at: Date;
}

async function commit(sender: BatchSender, tx: Tx, chunk: Prepared[], results: MessageResult[]): Promise<Committed> {
  await lockCustomers(
    tx,
    chunk.map(({ claimed }) => claimed.customer),
  );
  const at = await now(tx);
  const byId = new Map(chunk.map((message) => [message.claimed.id, message]));
  const facts = await lockForCommit(
    tx,
    chunk.map(({ claimed, addressHash }) => ({ id: claimed.id, enrolment: claimed.enrolment, addressHash })),
    sender.by,
  );
  const verdicts: Verdict[] = [];
  for (const fact of facts) {
    const { policy } = await loadDocument<Program>(tx, fact.program);
    const { claimed, to, outgoing } = byId.get(fact.id)!;
    let look = recheck(
      fact,
      to === undefined ? undefined : claimed.contact,
      policy,
      zoneAround(fact.zone, minuteOf(at)),
      at,
    );
    if (look.do === "send" && !outgoing) look = { do: "withhold", reason: "template-failed" };
    if (look.do === "send") verdicts.push({ id: fact.id, status: "sending", reason: null, notBefore: null });
    else if (look.do === "hold")
      verdicts.push({ id: fact.id, status: "pending", reason: look.reason, notBefore: look.until });
    else verdicts.push({ id: fact.id, status: "withheld", reason: look.reason, notBefore: null });
  }
  await storeVerdicts(tx, verdicts, at, sender.leaseMs);
  const status = new Map(verdicts.map((verdict) => [verdict.id, verdict.status]));
  await settleMeans(
    tx,
    facts.map((fact) => ({ ...fact, status: status.get(fact.id)! })),
    at,
  );
  await storeResults(tx, results, sender.by, at);
  return { messages: chunk.filter(({ claimed }) => status.get(claimed.id) === "sending"), verdicts, at };
}

async function send(channel: Channel, { claimed, outgoing }: Prepared, date: Date) {
  const attributes = { channel: channel.name, run: claimed.run, step: claimed.step };
  const span = spanWithin(claimed.trace, "message sent", { kind: "client", attributes });
  const sent = await channel.send({ ...outgoing!, date });
  span?.end({ result: sent.result });
  const bounced = sent.bounced === true && { bounced: { channel: channel.name, value: outgoing!.to } };
  return { down: sent.down === true, result: { ...resultOf(claimed, sent), ...bounced } };
}

const MINUTE = 60_000;
const TRIES_WITHOUT_END = 12;

function resultOf(message: ClaimedMessage, { result, response, down }: SendResult): MessageResult {
  if (result !== "temporary") return { id: message.id, status: result, response, retryMs: null };
  if (message.validUntil === null && message.attempts >= TRIES_WITHOUT_END) {
    return { id: message.id, status: "rejected", response: `gave up: ${response}`, retryMs: null };
  }
  // doubling, from 5 seconds; sooner while the channel as a whole is down, since that is no fault of the message
  const limit = down ? MINUTE / 4 : 15 * MINUTE;
  const wait = Math.min(limit, 5_000 * 2 ** Math.min(message.attempts, 10)) * (0.75 + Math.random() / 2);
  return { id: message.id, status: "pending", response, retryMs: wait };
}

/** What channels said must not get lost with a database that is away for a moment. */
async function persist(sender: BatchSender, results: MessageResult[]): Promise<void> {
  if (results.length === 0) return;
  await surely(sender, () => transaction(sender.db, async (tx) => storeResults(tx, results, sender.by, await now(tx))));
}

/** Tries until the lease is over: then others see to these messages anyway. */
async function surely(sender: BatchSender, work: () => Promise<void>): Promise<void> {
  const until = Date.now() + sender.leaseMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(Math.min(100 * 2 ** attempt, 2_000));
    }
  }
}
