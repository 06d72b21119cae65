import { createHash } from "node:crypto";

/** One customer's part of what was answered 202, counted by the test itself. */
export interface Counted {
  orders: number;
  /** minor units, less what was given back */
  spent: number;
  days: Set<number>;
}

interface PostedEvent {
  specversion: "1.0";
  id: string;
  source: string;
  type: string;
  subject: string;
  data: Record<string, unknown>;
}

export interface Load {
  /** by customer_id, of events that were answered */
  counted: Map<string, Counted>;
  /** ids of events that were answered */
  answered: Set<string>;
  /** answers and failures by status; 0: no answer */
  statuses: Map<number, number>;
  /** sends again what has no answer yet, sends nothing new, and ends when all is answered */
  finish(): Promise<void>;
}

export interface LoadOptions {
  url: string;
  key: string;
  customers: string[];
  /** local days of the challenge that check-ins may be for, from 1 */
  days: number;
  random: () => number;
  /** posters at once */
  posters: number;
  /** of a poster, between two posts */
  pauseMs: number;
}

const PATIENCE_MS = 10_000;
const AGAIN_MS = 50;

/** Posts single events and batches, each again until it is answered 202, as a backend does that wants none lost. */
export function startLoad(options: LoadOptions): Load {
  const { url, key, customers, days, random, posters, pauseMs } = options;
  const load = {
    counted: new Map<string, Counted>(),
    answered: new Set<string>(),
    statuses: new Map<number, number>(),
  };
  let finishing = false;
  let made = 0;
  const refundable: { order: string; customer: string }[] = [];

  function newEvent(): PostedEvent {
    const id = `e${++made}`;
    const subject = customers[Math.floor(random() * customers.length)]!;
    const event = { specversion: "1.0" as const, id, source: "/door", subject };
    const dice = random();
    const back = dice < 0.03 ? refundable.pop() : undefined;
    if (back) {
      return { ...event, subject: back.customer, type: "order.refunded", data: { order_id: back.order, amount: 1 } };
    }
    if (dice < 0.3) return { ...event, type: "order.paid", data: { order_id: `o-${id}`, amount: 10 } };
    if (dice < 0.6) return { ...event, type: "check_in", data: { day: 1 + Math.floor(random() * days) } };
    return { ...event, type: "page.viewed", data: { page: createHash("md5").update(id).digest("hex") } };
  }
  function count({ id, type, subject, data }: PostedEvent) {
    load.answered.add(id);
    const mine = load.counted.get(subject) ?? { orders: 0, spent: 0, days: new Set<number>() };
    load.counted.set(subject, mine);
    if (type === "order.paid") {
      mine.orders += 1;
      mine.spent += 1_000;
      refundable.push({ order: String(data.order_id), customer: subject });
    } else if (type === "order.refunded") mine.spent -= 100;
    else if (type === "check_in") mine.days.add(Number(data.day));
  }
  async function post(events: PostedEvent[]): Promise<boolean> {
    const batch = events.length > 1;
    const response = await fetch(`${url}/v1/events`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": batch ? "application/cloudevents-batch+json" : "application/cloudevents+json",
      },
      body: JSON.stringify(batch ? events : events[0]),
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch(() => undefined);
    // an answer whose end never came is none
    const body = await response?.json().catch(() => undefined);
    const status = body === undefined ? 0 : response!.status;
    load.statuses.set(status, (load.statuses.get(status) ?? 0) + 1);
    if (status !== 202) return false;
    const errors = (body as { errors?: unknown[] }).errors;
    if (errors) throw new Error(`refused: ${JSON.stringify(errors)}`);
    for (const event of events) count(event);
    return true;
  }
  async function poster() {
    while (!finishing) {
      const size = random() < 0.7 ? 1 : 2 + Math.floor(random() * 20);
      const events = Array.from({ length: size }, newEvent);
      while (!(await post(events))) await pause(AGAIN_MS);
      await pause(random() * 2 * pauseMs);
    }
  }
  const working = Promise.all(Array.from({ length: posters }, poster));
  return Object.assign(load, {
    async finish() {
      finishing = true;
      await working;
    },
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
