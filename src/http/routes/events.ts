import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { absent, error, type Fault } from "../../fault.ts";
import { type Parsed, parseCloudEvent } from "../../intake/cloud-event.ts";
import { mayPost } from "../../intake/may-post.ts";
import { BusyError, type Received, type Receiver } from "../../intake/receive.ts";
import type { Holder } from "../../store/api-key.ts";
import { findEvent, type NewEvent } from "../../store/event.ts";
import { BATCH_TYPE } from "../body.ts";
import type { Parts } from "../parts.ts";
import { errorsOf, localeOf, Problem, type ProblemError } from "../problem.ts";
import { type AnyRoute, route } from "../route.ts";
import { problemError, time } from "../schema.ts";

const cloudEvent = z
  .looseObject({
    specversion: z.literal("1.0"),
    id: z.string().max(256),
    source: z.string().max(256),
    type: z.string().max(256),
    subject: z.string().max(256).meta({ description: "customer_id" }),
    time: time.optional(),
    data: z.looseObject({}).optional(),
  })
  .meta({ id: "CloudEvent" });

const answered = z.object({
  accepted: z.number().int(),
  duplicates: z.number().int(),
  events: z.array(z.object({ source: z.string(), id: z.string(), status: z.enum(["accepted", "duplicate"]) })),
  errors: z.array(problemError).optional().meta({ description: "events of the batch that were refused" }),
});
type Answer = z.infer<typeof answered>;

const shown = cloudEvent.extend({
  received: time,
  reacted: time.nullable(),
  reaction: z.looseObject({}).nullable(),
});

const FUTURE: Fault = error("/time", {
  en: "is more than 24 hours ahead",
  "zh-CN": "时间超前 24 小时以上",
});

const UNSTORABLE: Fault = error("", {
  en: "the database cannot store this event",
  "zh-CN": "数据库无法保存该事件",
});

/** docs/events.md describes them. */
export function eventRoutes({ db, home, receiver }: Pick<Parts, "db" | "home" | "receiver">): AnyRoute[] {
  return [
    route({
      method: "POST",
      path: "/v1/events",
      once: false,
      tag: "events",
      summary: "Takes CloudEvents (structured, batch or binary); answers when they are durable",
      roles: ["backend", "ops", "service", "sales"],
      audited: false,
      publicKeys: true,
      reads: z.union([cloudEvent, z.array(cloudEvent)]),
      status: 202,
      answer: answered,
      handle: ({ request, holder }) => post(request, holder, receiver, home.currency),
    }),
    route({
      method: "GET",
      path: "/v1/events/{source}/{id}",
      tag: "events",
      summary: "One event, and what it did",
      roles: ["backend", "ops", "service", "marketer"],
      params: z.object({ source: z.string(), id: z.string() }),
      answer: shown,
      async handle({ params }) {
        const found = await findEvent(db, params.source, params.id);
        if (!found) throw absent("", { en: "no event with this source and id", "zh-CN": "没有该来源和编号的事件" });
        return {
          specversion: "1.0" as const,
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
    }),
  ];
}

async function post(request: FastifyRequest, holder: Holder, receiver: Receiver, currency: string): Promise<Answer> {
  const { batch, parsed } = readRequest(request, currency);
  const locale = localeOf(request);
  const refused: ProblemError[] = [];
  const events: NewEvent[] = [];
  const places: number[] = [];
  let denied = 0;
  parsed.forEach((one, index) => {
    const denial = "event" in one ? mayPost(holder, one.event.type, one.event.source) : undefined;
    if (denial) {
      denied += 1;
      refused.push(...errorsOf([denial], locale, batch ? index : undefined));
    } else if ("faults" in one) refused.push(...errorsOf(one.faults, locale, batch ? index : undefined));
    else {
      events.push(one.event);
      places.push(index);
    }
  });
  const stored = events.length > 0 ? await store(receiver, events) : [];
  const answer: Answer = { accepted: 0, duplicates: 0, events: [] };
  stored.forEach((status, i) => {
    const { source, id } = events[i]!;
    if (status === "future" || status === "refused") {
      const fault = status === "future" ? FUTURE : UNSTORABLE;
      return refused.push(...errorsOf([fault], locale, batch ? places[i] : undefined));
    }
    if (status === "accepted") answer.accepted += 1;
    else answer.duplicates += 1;
    return answer.events.push({ source, id, status });
  });
  if (refused.length > 0 && answer.events.length === 0) {
    if (denied === parsed.length) throw new Problem(403, "event-type", DENIED, refused);
    throw new Problem(400, "bad-event", batch ? ALL_REFUSED : REFUSED, refused);
  }
  if (refused.length > 0) answer.errors = refused.sort((a, b) => a.index! - b.index!);
  return answer;
}

const REFUSED = { en: "the event was not stored", "zh-CN": "事件未被保存" };
const DENIED = { en: "this key may not post that", "zh-CN": "该密钥不可提交此类事件" };
const ALL_REFUSED = { en: "no event of the batch was stored", "zh-CN": "批次中没有事件被保存" };

async function store(receiver: Receiver, events: NewEvent[]): Promise<Received[]> {
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
