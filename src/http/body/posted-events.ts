import type { FastifyRequest } from "fastify";
import { type Parsed, parseCloudEvent } from "../../intake/cloud-event.ts";
import { mayPost } from "../../intake/may-post.ts";
import type { Vocabulary } from "../../intake/vocabulary.ts";
import type { Holder } from "../../store/api-key.ts";
import type { NewEvent } from "../../store/event.ts";
import { BATCH_TYPE } from "./read.ts";
import { errorsOf, type Locale, Problem, type ProblemError } from "../problem.ts";

/** CloudEvents of one request: those that may be stored, and what is wrong with the others. */
export interface Posted {
  batch: boolean;
  events: NewEvent[];
  /** index in the batch of each of `events` */
  places: number[];
  refused: ProblemError[];
  /** the key may post none of them */
  allDenied: boolean;
}

/** @throws Problem 400 when the body is nothing that events come in */
export function readPosted(request: FastifyRequest, holder: Holder, vocabulary: Vocabulary, locale: Locale): Posted {
  const { batch, parsed } = readRequest(request, vocabulary);
  const posted: Posted = { batch, events: [], places: [], refused: [], allDenied: false };
  let denials = 0;
  parsed.forEach((one, index) => {
    const denied = "event" in one ? mayPost(holder, one.event.type, one.event.source) : undefined;
    if (denied) denials += 1;
    const faults = "faults" in one ? one.faults : denied && [denied];
    if (faults) posted.refused.push(...errorsOf(faults, locale, batch ? index : undefined));
    else if ("event" in one) {
      posted.events.push(one.event);
      posted.places.push(index);
    }
  });
  posted.allDenied = parsed.length > 0 && denials === parsed.length;
  return posted;
}

/** The three ways in which CloudEvents come over HTTP: structured, batch, binary. */
function readRequest(request: FastifyRequest, vocabulary: Vocabulary): { batch: boolean; parsed: Parsed[] } {
  const body = request.body;
  const isBatch = (request.headers["content-type"] ?? "").toLowerCase().startsWith(BATCH_TYPE);
  if (request.headers["ce-specversion"] !== undefined || request.headers["ce-id"] !== undefined) {
    return { batch: false, parsed: [parseCloudEvent({ ...headerAttributes(request), data: body }, vocabulary)] };
  }
  if (Array.isArray(body)) return { batch: true, parsed: body.map((one) => parseCloudEvent(one, vocabulary)) };
  if (isBatch)
    throw new Problem(400, "batch", { en: "a batch is a JSON array of events", "zh-CN": "批次必须是事件的 JSON 数组" });
  return { batch: false, parsed: [parseCloudEvent(body, vocabulary)] };
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
