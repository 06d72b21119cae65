import { type RawBuilder, sql } from "kysely";
import { OUTCOMES } from "../campaign/program.ts";
import { absent, refuse } from "../fault.ts";
import { now } from "../store/clock.ts";
import { lockCustomers } from "../store/customer.ts";
import { type Database, transaction, type Tx } from "../store/database.ts";
import { settleMeans } from "../store/message-commit.ts";
import { type Asker, ownCustomers, seesOnlyOwn } from "./access/own.ts";
import { asked, cut, moment, type Page, type Paged } from "./page.ts";

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

/** Where a message stands in the list. */
export interface MessagePlace {
  created: string;
  id: string;
}

export interface MessageFilter {
  run?: string;
  /** customer_id */
  customer?: string;
  status?: MessageStatus;
}

/** A run's messages, the latest first. */
export async function listMessages(
  db: Database,
  run: string,
  { limit, ...filter }: { status?: MessageStatus; limit: number },
): Promise<MessageView[]> {
  return (await pageOfMessages(db, { ...filter, run }, { limit })).items;
}

/** A part of the messages of a run or a customer, the latest first; of customers that the asker may see. */
export async function pageOfMessages(
  db: Database,
  { run = null, customer = null, status = null }: Nullable<MessageFilter>,
  page: Page<MessagePlace>,
  asker?: Asker,
): Promise<Paged<MessageView, MessagePlace>> {
  const { created = "infinity", id = "" } = page.after ?? {};
  const { rows } = await select(
    db,
    sql`(${run}::text is null or m.run = ${run}) and (${customer}::text is null or c.customer_id = ${customer})
      and (${status}::text is null or m.status = ${status}) and ${ownCustomers(asker, "c")}
      and (m.created_at < ${created}::timestamptz or m.created_at = ${created}::timestamptz and m.id > ${id})`,
    asked(page),
  );
  const { items, next } = cut(rows, page);
  return { items: seen(items, asker), next };
}

/** A customer's latest messages. @param customer internal id */
export async function messagesOf(
  db: Database | Tx,
  customer: number,
  limit: number,
  asker?: Asker,
): Promise<MessageView[]> {
  const { rows } = await select(db, sql`m.customer = ${customer}`, limit);
  return seen(cut(rows, { limit }).items, asker);
}

/** What servers answer may quote the address. */
function seen<T extends MessageView>(messages: T[], asker: Asker): T[] {
  return seesOnlyOwn(asker) ? messages.map((message) => ({ ...message, response: null })) : messages;
}

/** How a message came to be, and what was done with it. */
export interface MessageStory extends MessageView {
  run: string;
  /** name of its template */
  template: string;
  topic: string;
  locale: string;
  validUntil: Date | null;
  /** the decisions about its step, in their order; `outcome` as in the report */
  decisions: { attempt: number; outcome: string; reasons: string[]; at: Date }[];
  /** what its reader did */
  acts: { kind: "open" | "click" | "unsubscribe"; at: Date }[];
}

/** @throws InputError when there is no such message, or none that the asker may see */
export async function showMessage(db: Database, id: string, asker?: Asker): Promise<MessageStory> {
  const { rows: found } = await select(db, sql`m.id = ${id} and ${ownCustomers(asker, "c")}`, 1);
  const [view] = seen(cut(found, { limit: 1 }).items, asker);
  if (!view) throw absent("ID", { en: `no message "${id}"`, "zh-CN": `没有消息 "${id}"` });
  const { rows } = await sql<Pick<MessageStory, "run" | "template" | "topic" | "locale" | "validUntil" | "acts">>`
    select m.run, coalesce(d.body ->> 'name', m.template) as template, m.topic, m.locale, m.valid_until as "validUntil",
      coalesce((select json_agg(json_build_object('kind', k.kind, 'at', k.at) order by k.at, k.kind)
        from message_clicks k where k.message = m.id), '[]') as acts
    from messages m left join documents d on d.hash = m.template where m.id = ${id}`.execute(db);
  const { rows: decisions } = await sql<{ attempt: number; outcome: number; reasons: string[]; at: Date }>`
    select l.attempt, l.outcome, l.reasons, l.at
    from messages m join ledger l on (l.enrolment, l.step, l.occurrence) = (m.enrolment, m.step, m.occurrence)
    where m.id = ${id} order by l.attempt`.execute(db);
  return {
    ...view,
    ...rows[0]!,
    decisions: decisions.map((row) => ({ ...row, outcome: OUTCOMES[row.outcome] ?? String(row.outcome) })),
  };
}

type Nullable<T> = { [K in keyof T]?: T[K] | null };

function select(db: Database | Tx, where: RawBuilder<unknown>, limit: number | null) {
  return sql<MessageView & { place: MessagePlace }>`
    select m.id, c.customer_id as "customerId", m.step, m.occurrence, m.channel, m.kind, m.status, m.reason, m.response,
      m.attempts, m.created_at as "createdAt", m.not_before as "notBefore", m.committed_at as "committedAt",
      m.accepted_at as "acceptedAt", json_build_object('created', ${moment("m.created_at")}, 'id', m.id) as place
    from messages m join customers c on c.id = m.customer
    where ${where} order by m.created_at desc, m.id limit ${limit}`.execute(db);
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
