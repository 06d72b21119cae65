import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Home } from "../campaign/library.ts";
import { error, type Fault } from "../fault.ts";
import { type Parsed, parseCloudEvent } from "../intake/cloud-event.ts";
import { BusyError, type Receiver } from "../intake/receive.ts";
import type { Database } from "../store/database.ts";
import { findEvent, type NewEvent, type Stored } from "../store/event.ts";
import type { openAuth } from "./auth.ts";
import { BATCH_TYPE } from "./body.ts";
import { errorsOf, localeOf, Problem, type ProblemError } from "./problem.ts";

interface Parts {
  db: Database;
  home: Pick<Home, "currency">;
  receiver: Receiver;
  auth: ReturnType<typeof openAuth>;
}

interface Answer {
  accepted: number;
  duplicates: number;
  events: { source: string; id: string; status: "accepted" | "duplicate" }[];
  /** events of the batch that were refused; absent when there are none */
  errors?: ProblemError[];
}

const FUTURE: Fault = error("/time", {
  en: "is more than 24 hours ahead",
  "zh-CN": "时间超前 24 小时以上",
});

/** POST /v1/events and GET /v1/events/:source/:id; docs/events.md describes both. */
export function eventRoutes(app: FastifyInstance, { db, home, receiver, auth }: Parts): void {
  app.post("/v1/events", { onRequest: auth("backend", "ops", "service", "sales") }, async (request, reply) => {
    const { batch, parsed } = readRequest(request, home.currency);
    const locale = localeOf(request);
    const refused: ProblemError[] = [];
    const events: NewEvent[] = [];
    const places: number[] = [];
    parsed.forEach((one, index) => {
      if ("faults" in one) refused.push(...errorsOf(one.faults, locale, batch ? index : undefined));
      else {
        events.push(one.event);
        places.push(index);
      }
    });
    const stored = events.length > 0 ? await store(receiver, events) : [];
    const answer: Answer = { accepted: 0, duplicates: 0, events: [] };
    stored.forEach((status, i) => {
      const { source, id } = events[i]!;
      if (status === "future") return refused.push(...errorsOf([FUTURE], locale, batch ? places[i] : undefined));
      if (status === "accepted") answer.accepted += 1;
      else answer.duplicates += 1;
      return answer.events.push({ source, id, status });
    });
    if (refused.length > 0 && answer.events.length === 0) {
      throw new Problem(400, "bad-event", batch ? ALL_REFUSED : REFUSED, refused);
    }
    if (refused.length > 0) answer.errors = refused.sort((a, b) => a.index! - b.index!);
    return reply.code(202).send(answer);
  });

  app.get<{ Params: { source: string; id: string } }>(
    "/v1/events/:source/:id",
    { onRequest: auth("backend", "ops", "service", "marketer") },
    async (request) => {
      const found = await findEvent(db, request.params.source, request.params.id);
      if (!found)
        throw new Problem(404, "event", { en: "no event with this source and id", "zh-CN": "没有该来源和编号的事件" });
      return {
        specversion: "1.0",
        source: found.source,
        id: found.event_id,
        type: found.type,
        subject: found.customer_id,
        time: found.occurred_at,
        data: found.data,
        received: found.received_at,
        reacted: found.reacted_at,
        reaction: found.reaction,
      };
    },
  );
}

const REFUSED = { en: "the event was not stored", "zh-CN": "事件未被保存" };
const ALL_REFUSED = { en: "no event of the batch was stored", "zh-CN": "批次中没有事件被保存" };

async function store(receiver: Receiver, events: NewEvent[]): Promise<Stored[]> {
  try {
    return await receiver.receive(events);
  } catch (failure) {
    if (!(failure instanceof BusyError)) throw failure;
    throw new Problem(503, "busy", {
      en: "too many events are waiting to be stored; try again",
      "zh-CN": "待保存的事件过多，请稍后重试",
    });
  }
}

/** The three ways in which CloudEvents come over HTTP: structured, batch, binary. */
function readRequest(request: FastifyRequest, currency: string): { batch: boolean; parsed: Parsed[] } {
  const body = request.body;
  const isBatch = (request.headers["content-type"] ?? "").toLowerCase().startsWith(BATCH_TYPE);
  if (request.headers["ce-specversion"] !== undefined || request.headers["ce-id"] !== undefined) {
    return { batch: false, parsed: [parseCloudEvent({ ...headerAttributes(request), data: body }, currency)] };
  }
  if (Array.isArray(body)) return { batch: true, parsed: body.map((one) => parseCloudEvent(one, currency)) };
  if (isBatch)
    throw new Problem(400, "batch", { en: "a batch is a JSON array of events", "zh-CN": "批次必须是事件的 JSON 数组" });
  return { batch: false, parsed: [parseCloudEvent(body, currency)] };
}

function headerAttributes(request: FastifyRequest): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (name.startsWith("ce-") && typeof value === "string") attributes[name.slice(3)] = decoded(value);
  }
  return attributes;
}

/** Attribute values in headers are percent-encoded where they are not ASCII. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
