import { sql } from "kysely";
import type { Database } from "../store/database.ts";
import { asked, cut, moment, type Page, type Paged } from "./page.ts";

export const CALL_STATUSES = ["pending", "claimed", "accepted", "failed", "withheld"] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

/** A call of another system, without what it says. */
export interface CallView {
  /** the webhook-id by which the other side tells a repeat */
  id: string;
  customerId: string;
  run: string;
  /** op name */
  step: string;
  occurrence: number;
  /** name in rules/webhooks */
  hook: string;
  status: CallStatus;
  reason: string | null;
  /** of the latest answer */
  httpStatus: number | null;
  attempts: number;
  created: Date;
  validUntil: Date;
  done: Date | null;
}

/** Where a call stands in the list. */
export interface CallPlace {
  created: string;
  id: string;
}

/** A part of the webhook calls of a run, or of all, the latest first. */
export async function pageOfCalls(
  db: Database,
  { run = null, status = null }: { run?: string | null; status?: CallStatus | null },
  page: Page<CallPlace>,
): Promise<Paged<CallView, CallPlace>> {
  const { created = "infinity", id = "" } = page.after ?? {};
  const { rows } = await sql<CallView & { place: CallPlace }>`
    select w.id, c.customer_id as "customerId", w.run, w.step, w.occurrence, w.hook, w.status, w.reason,
      w.http_status as "httpStatus", w.attempts, w.created_at as created, w.valid_until as "validUntil", w.done_at as done,
      json_build_object('created', ${moment("w.created_at")}, 'id', w.id) as place
    from webhook_calls w join customers c on c.id = w.customer
    where (${run}::text is null or w.run = ${run}) and (${status}::text is null or w.status = ${status})
      and (w.created_at < ${created}::timestamptz or w.created_at = ${created}::timestamptz and w.id > ${id})
    order by w.created_at desc, w.id limit ${asked(page)}`.execute(db);
  return cut(rows, page);
}
