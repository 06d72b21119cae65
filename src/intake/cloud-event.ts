import { type Fault, error } from "../fault.ts";
import type { NewEvent } from "../store/event.ts";
import { meaningOf } from "./meaning.ts";
import { subjectFaults } from "./subject.ts";
import { nameFaults, textFaults } from "./text.ts";
import type { Vocabulary } from "./vocabulary.ts";

export type Parsed = { event: NewEvent } | { faults: Fault[] };

/** Longest id, source, type and subject: they are index keys in the database. */
const LONGEST = 256;
const TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/**
 * Reads one CloudEvent (version 1.0, JSON format) with every fault at once. `subject` is the customer_id and is needed;
 * `time` may be left out; `data` must be a JSON object when it is there. Extension attributes are read over. Names that
 * rules/events/ maps come out as the type that they mean.
 */
export function parseCloudEvent(json: unknown, vocabulary: Vocabulary): Parsed {
  if (!isObject(json)) {
    return { faults: [error("", { en: "an event is a JSON object", "zh-CN": "事件必须是 JSON 对象" })] };
  }
  const faults: Fault[] = [];
  if (json.specversion !== "1.0") {
    faults.push(error("/specversion", { en: 'specversion must be "1.0"', "zh-CN": 'specversion 必须为 "1.0"' }));
  }
  const id = attribute(json, "id", faults);
  const source = attribute(json, "source", faults);
  const name = attribute(json, "type", faults);
  const subject = attribute(json, "subject", faults);
  const occurredAt = time(json.time, faults);
  const sent = payload(json, faults);
  if (faults.length > 0) return { faults };
  const { type, data, faults: wrong } = meaningOf(name, sent, vocabulary);
  wrong.push(...subjectFaults(subject, type, "/subject"));
  if (wrong.length > 0) return { faults: wrong };
  return { event: { id, source, type, customerId: subject, occurredAt, data } };
}

function attribute(json: Record<string, unknown>, name: string, faults: Fault[]): string {
  const value = json[name];
  const at = `/${name}`;
  if (value === undefined || value === null || value === "") {
    const why =
      name === "subject"
        ? { en: "missing: subject is the customer_id", "zh-CN": "缺少 subject（即 customer_id）" }
        : undefined;
    faults.push(error(at, why ?? { en: `missing: ${name}`, "zh-CN": `缺少 ${name}` }));
  } else if (typeof value !== "string") {
    faults.push(error(at, { en: `${name} must be a string`, "zh-CN": `${name} 必须是字符串` }));
  } else if (value.length > LONGEST) {
    faults.push(
      error(at, { en: `${name} is longer than ${LONGEST} characters`, "zh-CN": `${name} 超过 ${LONGEST} 个字符` }),
    );
  } else {
    faults.push(...nameFaults(value, at));
    return value;
  }
  return "";
}

function time(value: unknown, faults: Fault[]): Date | null {
  if (value === undefined || value === null) return null;
  const parsed = typeof value === "string" && TIME.test(value) ? new Date(value.replace(" ", "T")) : undefined;
  // Date reads 30 February as 2 March; a date that is not in the calendar is refused
  const day = typeof value === "string" ? Number(value.slice(8, 10)) : 0;
  const month =
    typeof value === "string" ? new Date(Date.UTC(Number(value.slice(0, 4)), Number(value.slice(5, 7)), 0)) : undefined;
  if (!parsed || Number.isNaN(parsed.getTime()) || day > month!.getUTCDate() || parsed.getTime() < 0) {
    const message = { en: "not an RFC 3339 time with zone", "zh-CN": "不是带时区的 RFC 3339 时间" };
    faults.push(error("/time", message, { en: "2026-04-01T10:00:00+08:00", "zh-CN": "如 2026-04-01T10:00:00+08:00" }));
    return null;
  }
  return parsed;
}

function payload(json: Record<string, unknown>, faults: Fault[]): Record<string, unknown> {
  const type = json.datacontenttype;
  if (json.data_base64 !== undefined || (typeof type === "string" && !/[/+]json\b/i.test(type))) {
    faults.push(error("/datacontenttype", { en: "data must be JSON", "zh-CN": "data 必须是 JSON" }));
    return {};
  }
  const data = json.data ?? {};
  if (!isObject(data)) {
    faults.push(error("/data", { en: "data must be a JSON object", "zh-CN": "data 必须是 JSON 对象" }));
    return {};
  }
  faults.push(...textFaults(data, "/data"));
  return data;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
