import { createHash, randomUUID } from "node:crypto";
import { error, type Fault, nearest } from "../../fault.ts";
import { ANONYMOUS } from "../../store/event.ts";
import type { Parsed } from "../cloud-event.ts";
import { meaningOf } from "../meaning.ts";
import { subjectFaults } from "../subject.ts";
import { nameFaults, textFaults } from "../text.ts";
import type { Vocabulary } from "../vocabulary.ts";
import { readAlias } from "./alias.ts";
import { type Call, idOf, isObject, type Json, objectOf, type Read } from "./call.ts";
import { readGroup } from "./group.ts";
import { readIdentify } from "./identify.ts";
import { readPage } from "./page.ts";
import { readScreen } from "./screen.ts";
import { occurredAt } from "./time.ts";
import { readTrack } from "./track.ts";

/** Calls of the tracking API, each read by a file of its own. */
const CALLS = {
  identify: readIdentify,
  track: readTrack,
  page: readPage,
  screen: readScreen,
  group: readGroup,
  alias: readAlias,
} satisfies Record<string, Read>;
export type CallName = keyof typeof CALLS;

/** What all calls of one request have in common. */
export interface Envelope {
  /** of the events that they become */
  source: string;
  /** by a key for browsers */
  public: boolean;
  /** by the sender's clock */
  sentAt?: unknown;
  context?: unknown;
  /** wall time, milliseconds */
  received: number;
  vocabulary: Vocabulary;
}

/** Longest id and type: they are index keys in the database. */
const LONGEST = 256;

/** Reads one call as an event, with every fault at once. @param name left out: the call says itself what it is */
export function parseCall(json: unknown, envelope: Envelope, name?: CallName): Parsed {
  if (!isObject(json))
    return { faults: [error("", { en: "a call is a JSON object", "zh-CN": "调用必须是 JSON 对象" })] };
  const kind = name ?? idOf(json.type) ?? idOf(json.action);
  if (kind === undefined || !Object.hasOwn(CALLS, kind)) {
    const message = { en: "type must name a call", "zh-CN": "type 须为调用名称" };
    return { faults: [error("/type", message, nearest(kind ?? "", Object.keys(CALLS)))] };
  }
  const faults: Fault[] = [];
  const who = whoOf(json, kind as CallName, faults);
  const id = messageId(json, faults);
  const occurred = occurredAt(json, envelope.sentAt, envelope.received);
  if (isFault(occurred)) faults.push(occurred);
  const call: Call = {
    json,
    context: { ...objectOf(envelope.context), ...objectOf(json.context) },
    public: envelope.public,
    ...who,
  };
  const said = CALLS[kind as CallName](call);
  if (isFault(said)) return { faults: [...faults, said] };
  const subject = who.userId ?? ANONYMOUS + who.anonymousId;
  // before anything is looked up or moved: what cannot be stored, or is nested without end
  faults.push(...textFaults(said.data, said.at), ...nameFaults(said.name, "/event"), ...nameFaults(subject, "/userId"));
  if (said.name.length > LONGEST) faults.push(tooLong("/event"));
  if (faults.length > 0) return { faults };
  const { type, data, faults: wrong } = meaningOf(said.name, said.data, envelope.vocabulary, said.at, said.builtIn);
  wrong.push(...subjectFaults(subject, type, "/userId"));
  if (wrong.length > 0) return { faults: wrong.map(sent) };
  const at = occurred as Date | null;
  return { event: { id, source: envelope.source, type, customerId: subject, occurredAt: at, data } };
}

function whoOf(json: Json, kind: CallName, faults: Fault[]): Pick<Call, "userId" | "anonymousId"> {
  const userId = idOf(json.userId) ?? (kind === "alias" ? idOf(json.to) : undefined);
  const anonymousId = idOf(json.anonymousId);
  if (userId === undefined && (anonymousId === undefined || kind === "alias")) {
    const message = { en: "missing: userId, or at least anonymousId", "zh-CN": "缺少 userId（或 anonymousId）" };
    faults.push(error("/userId", message));
  }
  if ((userId?.length ?? 0) > LONGEST) faults.push(tooLong("/userId"));
  if ((anonymousId?.length ?? 0) > LONGEST - ANONYMOUS.length) faults.push(tooLong("/anonymousId"));
  return { ...(userId !== undefined && { userId }), ...(anonymousId !== undefined && { anonymousId }) };
}

/**
 * Clients give every call an id and keep it when they send it again. A call without one that says when it happened has an
 * id of its content, so that it counts once as well; one that says neither is new each time it comes.
 */
function messageId(json: Json, faults: Fault[]): string {
  const given = idOf(json.messageId);
  if (given !== undefined) {
    if (given.length > LONGEST) faults.push(tooLong("/messageId"));
    faults.push(...nameFaults(given, "/messageId"));
    return given;
  }
  if ((json.timestamp ?? json.originalTimestamp) == null) return randomUUID();
  const { sentAt: _, writeKey: __, ...content } = json;
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}

/** Addresses are traits to the sender. */
function sent(fault: Fault): Fault {
  return { ...fault, pointer: fault.pointer.replace(/^\/contacts\//, "/traits/") };
}

function tooLong(at: string): Fault {
  return error(at, { en: `is longer than ${LONGEST} characters`, "zh-CN": `超过 ${LONGEST} 个字符` });
}

function isFault(value: object | null): value is Fault {
  return value !== null && "severity" in value;
}
