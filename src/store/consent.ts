import { sql } from "kysely";
import { contactKindOf, kindsOfOwn } from "./contact.ts";
import type { Database, Tx } from "./database.ts";

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

/**
 * What a customer who is merged into another had said; before their contacts are. Of two statements the stricter wins. A
 * consent that only the dropped one gave was given for their address: it does not make another address of the kept one's
 * contactable. A refusal always counts. @returns how many statements the kept one has got or changed
 */
export async function moveConsents(tx: Tx, { kept, dropped }: { kept: number; dropped: number }): Promise<number> {
  const consents = await loadConsents(tx, [kept, dropped]);
  const own = await kindsOfOwn(tx, kept, dropped);
  const said = consents.get(kept) ?? [];
  const taken = (consents.get(dropped) ?? []).filter((theirs) => {
    const mine = said.find((row) => row.channel === theirs.channel && row.topic === theirs.topic);
    if (mine) return mine.granted && !theirs.granted;
    const kind = contactKindOf(theirs.channel);
    return !theirs.granted || kind === undefined || !own.includes(kind);
  });
  await sql`delete from consents where customer = ${dropped}`.execute(tx);
  await sql`
    insert into consents (customer, channel, topic, granted, source, at)
    select ${kept}, channel, topic, granted, source, at
    from jsonb_to_recordset(${JSON.stringify(taken)}::jsonb) as r (channel text, topic text, granted boolean, source text, at timestamptz)
    on conflict (customer, channel, topic) do update
      set granted = excluded.granted, source = excluded.source, at = excluded.at`.execute(tx);
  return taken.length;
}

/**
 * Consents of the staged lines of an import, all at once. What customers have refused themselves, by a link or a page, no
 * file grants again unless it says when (consent_at) and that was later; returns how many customers that concerns.
 */
export async function mergeStagedConsents(tx: Tx, at: Date): Promise<number> {
  await sql`
    insert into consents (customer, channel, topic, granted, source, at)
    select c.id, k.channel, 'promotion', k.granted, 'import', coalesce(r.consent_at, ${at}::timestamptz)
    from import_rows r
    join customers c using (customer_id)
    cross join jsonb_to_recordset(r.consents) as k (channel text, granted boolean)
    order by c.id, k.channel
    on conflict (customer, channel, topic) do update set granted = excluded.granted, source = excluded.source, at = excluded.at
      where consents.source = 'import' or not excluded.granted
        or (excluded.at > consents.at and excluded.at <> ${at}::timestamptz)`.execute(tx);
  const { rows } = await sql<{ n: number }>`
    select count(distinct c.id) as n
    from import_rows r
    join customers c using (customer_id)
    cross join jsonb_to_recordset(r.consents) as k (channel text, granted boolean)
    join consents s on s.customer = c.id and s.channel = k.channel and s.topic = 'promotion'
    where k.granted and not s.granted`.execute(tx);
  return rows[0]!.n;
}
