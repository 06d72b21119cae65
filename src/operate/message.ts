import { sql } from "kysely";
import { absent, refuse } from "../fault.ts";
import { now } from "../store/clock.ts";
import { lockCustomers } from "../store/customer.ts";
import { type Database, transaction } from "../store/database.ts";
import { settleMeans } from "../store/message-commit.ts";

export const MESSAGE_STATUSES = [
  "pending",
  "claimed",
  "sending",
  "accepted",
  "rejected",
  "unknown",
  "withheld",
] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** A message without the person's name or address. */
export interface MessageView {
  id: string;
  customerId: string;
  /** op name */
  step: string;
  occurrence: number;
  channel: string;
  kind: string;
  status: MessageStatus;
  reason: string | null;
  response: string | null;
  attempts: number;
  createdAt: Date;
  notBefore: Date;
  committedAt: Date | null;
  acceptedAt: Date | null;
}

/** A run's messages, the latest first. */
export async function listMessages(
  db: Database,
  run: string,
  filter: { status?: MessageStatus; limit: number },
): Promise<MessageView[]> {
  const { rows } = await sql<MessageView>`
    select m.id, c.customer_id as "customerId", m.step, m.occurrence, m.channel, m.kind, m.status, m.reason, m.response,
      m.attempts, m.created_at as "createdAt", m.not_before as "notBefore", m.committed_at as "committedAt",
      m.accepted_at as "acceptedAt"
    from messages m join customers c on c.id = m.customer
    where m.run = ${run} and (${filter.status ?? null}::text is null or m.status = ${filter.status ?? null})
    order by m.created_at desc, m.id
    limit ${filter.limit}`.execute(db);
  return rows;
}

/**
 * Says what became of a message of which nobody knew. Its coupon follows: issued, or back to the pool.
 * @throws InputError when there is no such message, or when its fate is known
 */
export async function settleMessage(db: Database, id: string, result: "accepted" | "rejected"): Promise<void> {
  await transaction(db, async (tx) => {
    const { rows: owners } = await sql<{ customer: number; enrolment: number }>`
      select customer, enrolment from messages where id = ${id}`.execute(tx);
    const owner = owners[0];
    if (!owner) throw absent("ID", { en: `no message "${id}"`, "zh-CN": `没有消息 "${id}"` }, LISTED);
    await lockCustomers(tx, [owner.customer]);
    await sql`select 1 from enrolments where id = ${owner.enrolment} for no key update`.execute(tx);
    const at = await now(tx);
    const { rows } = await sql<{ enrolment: number; step: string; occurrence: number; status: string }>`
      update messages set status = ${result}, reason = 'settled',
        accepted_at = case when ${result} = 'accepted' then ${at}::timestamptz end
      where id = ${id} and status = 'unknown'
      returning enrolment, step, occurrence, status`.execute(tx);
    if (rows.length === 0) throw await notUnknown(tx, id);
    await settleMeans(tx, rows, at);
  });
}

const LISTED = {
  en: "rekindle message list RUN --status unknown shows those to settle",
  "zh-CN": "用 rekindle message list RUN --status unknown 查看待核实的消息",
};

async function notUnknown(tx: Parameters<typeof now>[0], id: string) {
  const { rows } = await sql<{ status: MessageStatus }>`select status from messages where id = ${id}`.execute(tx);
  const status = rows[0]!.status;
  return refuse(
    "ID",
    {
      en: `message ${id} is ${status}; only "unknown" ones are settled by hand`,
      "zh-CN": `消息 ${id} 的状态是 ${status}；只有 "unknown" 状态需要人工核实`,
    },
    LISTED,
  );
}
