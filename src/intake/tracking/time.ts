import { isTrouble } from "../value/trouble.ts";
import { parseTime } from "../value/time.ts";
import { error, type Fault } from "../../fault.ts";
import type { Json } from "./call.ts";

/**
 * When a call happened, by our clock: the device says when it happened and when it was sent, both by its own clock, so
 * what it is wrong by drops out. Null: when it was received.
 * @param sentAt the batch's, for calls that do not say it themselves
 * @param received wall time, milliseconds
 */
export function occurredAt(json: Json, sentAt: unknown, received: number): Date | null | Fault {
  // somebody passes on what was received, and corrected, elsewhere
  const corrected = json.receivedAt !== undefined && json.receivedAt !== null;
  const said = corrected ? json.timestamp : (json.originalTimestamp ?? json.timestamp);
  if (said === undefined || said === null || said === "") return null;
  const time = timeOf(said);
  if (time === undefined || time < 0) {
    return error(
      "/timestamp",
      { en: "not an ISO 8601 time", "zh-CN": "不是 ISO 8601 时间" },
      { en: "2026-04-01T10:00:00Z", "zh-CN": "如 2026-04-01T10:00:00Z" },
    );
  }
  const sent = corrected ? undefined : timeOf(json.sentAt ?? sentAt);
  if (sent === undefined) return new Date(time);
  // a device that says it has sent what had yet to happen
  return sent < time ? null : new Date(received - (sent - time));
}

function timeOf(value: unknown): number | undefined {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || text.length > 64) return undefined;
  const time = parseTime(text, "UTC");
  return isTrouble(time) ? undefined : time.getTime();
}
