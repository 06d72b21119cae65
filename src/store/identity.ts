import { sql } from "kysely";
import type { Tx } from "./database.ts";

/** What a customer is now said to be. */
export interface IdentityChange {
  customer: number;
  /** null takes a trait away */
  traits: Record<string, unknown>;
  locale: string | null;
  timezone: string | null;
  /** taken where there is none */
  deviceLocale: string | null;
  deviceTimezone: string | null;
}

/** One row per customer; what it does not say stays as it was. The customers are locked. */
export async function saveIdentities(tx: Tx, changes: IdentityChange[]): Promise<void> {
  if (changes.length === 0) return;
  await sql`
    update customers c
    set traits = (c.traits || jsonb_strip_nulls(r.traits)) - array(select key from jsonb_each(r.traits) where value = 'null'),
        locale = coalesce(r.locale, c.locale, r."deviceLocale"), timezone = coalesce(r.timezone, c.timezone, r."deviceTimezone")
    from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb)
      as r (customer bigint, traits jsonb, locale text, timezone text, "deviceLocale" text, "deviceTimezone" text)
    where c.id = r.customer`.execute(tx);
}

/**
 * When each trait, contact, locale and zone of these customers was last spoken of: an event that comes late must not undo
 * what a later one has said. Keys are "traits/city", "contacts/email", "locale".
 * @param since the earliest moment that matters
 */
export async function lastSaid(tx: Tx, customers: number[], since: Date): Promise<Map<string, Date>> {
  const { rows } = await sql<{ customer: number; what: string; at: Date }>`
    select e.customer, w.what, max(e.occurred_at) as at
    from events e cross join lateral (
      select 'traits/' || key as what from jsonb_each(case jsonb_typeof(e.data -> 'traits') when 'object' then e.data -> 'traits' else '{}' end)
      union all
      select 'contacts/' || key from jsonb_each(case jsonb_typeof(e.data -> 'contacts') when 'object' then e.data -> 'contacts' else '{}' end)
      union all
      select 'contacts/' || kind from jsonb_array_elements_text(
        case jsonb_typeof(e.data -> 'contacts') when 'array' then e.data -> 'contacts' else '[]' end) as kind
      union all
      select key from jsonb_each(e.data) where key in ('locale', 'timezone')
    ) w
    where e.customer = any(${customers}::bigint[]) and e.type = 'customer.identified' and e.occurred_at >= ${since}
    group by e.customer, w.what`.execute(tx);
  return new Map(rows.map((row) => [`${row.customer} ${row.what}`, row.at]));
}

/** Addresses are kept by contact.ts alone: once they are there, or cannot be, the event only says of which kinds they were. */
export async function forgetAddresses(tx: Tx, events: number[]): Promise<void> {
  if (events.length === 0) return;
  await sql`
    update events set data = jsonb_set(data, '{contacts}', coalesce((select jsonb_agg(key) from jsonb_each(data -> 'contacts')), '[]'))
    where id = any(${events}::bigint[]) and type = 'customer.identified' and jsonb_typeof(data -> 'contacts') = 'object'`.execute(
    tx,
  );
}
