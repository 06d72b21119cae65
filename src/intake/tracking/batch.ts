import { error, type Fault } from "../../fault.ts";
import type { Parsed } from "../cloud-event.ts";
import { isObject } from "./call.ts";
import { type Envelope, parseCall } from "./message.ts";

/** batch: calls of any kind, each standing for itself, with what they have in common beside them. A fault: it is no batch. */
export function parseBatch(json: unknown, envelope: Envelope): Parsed[] | Fault {
  if (!isObject(json) || !Array.isArray(json.batch)) {
    return error("/batch", { en: "batch must be a list of calls", "zh-CN": "batch 必须是调用列表" });
  }
  const shared: Envelope = { ...envelope, sentAt: json.sentAt, context: json.context };
  return json.batch.map((call) => parseCall(call, shared));
}
