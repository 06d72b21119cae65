import { createHash } from "node:crypto";
import type { Notice } from "../store/notice.ts";

export interface Letter {
  /** by which the other side tells a repeat */
  id: string;
  type: string;
  body: string;
}

type Told = Pick<Notice, "id" | "subject" | "at" | "data"> & { type: string };

/**
 * What a subscriber reads: one CloudEvent, or as many as happened, in CloudEvents' batch format.
 * @param schema keeps the events of installations apart
 */
export function letterOf(notices: Told[], schema: string, batch: boolean): Letter {
  const events = notices.map(({ id, type, subject, at, data }) => ({
    specversion: "1.0",
    id,
    source: `urn:rekindle:${schema}`,
    type,
    ...(subject !== null && { subject }),
    time: at.toISOString(),
    datacontenttype: "application/json",
    data,
  }));
  if (!batch) return { id: notices[0]!.id, type: "application/cloudevents+json", body: JSON.stringify(events[0]) };
  const ids = createHash("sha256")
    .update(notices.map(({ id }) => id).join())
    .digest("hex");
  return { id: ids.slice(0, 32), type: "application/cloudevents-batch+json", body: JSON.stringify(events) };
}
