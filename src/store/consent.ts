import { sql } from "kysely";
import type { Database, Tx } from "./database.ts";

/** Channels that consent is asked for. */
export const CONSENT_CHANNELS = ["email", "sms", "wecom-customer", "phone"] as const;

export interface Consent {
  customer: number;
  channel: string;
  topic: string;
  granted: boolean;
  /** who said so: "import", "unsubscribe", "preferences", "event", … */
  source: string;
  at: Date;
}

/** Records what customers said; a statement older than the recorded one changes nothing. */
export async function setConsents(tx: Tx, consents: Consent[]): Promise<void> {
  if (consents.length === 0) return;
  const latest = new Map<string, Consent>();
  for (const row of consents) {
    const key = JSON.stringify([row.customer, row.channel, row.topic]);
    const other = latest.get(key);
    if (!other || other.at.getTime() <= row.at.getTime()) latest.set(key, row);
  }
  await sql`
    insert into consents (customer, channel, topic, granted, source, at)
    select customer, channel, topic, granted, source, at
    from jsonb_to_recordset(${JSON.stringify([...latest.values()])}::jsonb)
      as r (customer bigint, channel text, topic text, granted boolean, source text, at timestamptz)
    order by customer, channel, topic
    on conflict (customer, channel, topic) do update
      set granted = excluded.granted, source = excluded.source, at = excluded.at
      where consents.at <= excluded.at`.execute(tx);
}

/** All statements of these customers; a customer without any has no entry and is not contactable. */
export async function loadConsents(db: Database | Tx, customers: number[]): Promise<Map<number, Consent[]>> {
  const found = new Map<number, Consent[]>();
  if (customers.length === 0) return found;
  const { rows } = await sql<Consent>`
    select customer, channel, topic, granted, source, at from consents
    where customer = any(${customers}::bigint[]) order by customer, channel, topic`.execute(db);
  for (const row of rows) {
    const list = found.get(row.customer);
    if (list) list.push(row);
    else found.set(row.customer, [row]);
  }
  return found;
}
