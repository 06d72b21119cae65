import { sql } from "kysely";
import { mergeStagedConsents } from "../consent.ts";
import { mergeStagedContacts } from "../contact.ts";
import type { Tx } from "../database.ts";
import { count, dropDuplicates, dropMerged, followMerges, type Merged, NOTHING_MERGED } from "./staging.ts";

/** Staged lines into customers, contacts and consents. What a line does not say stays as it was. */
export async function mergeCustomers(tx: Tx, at: Date): Promise<Merged> {
  const merged = await dropMerged(tx);
  await followMerges(tx);
  const duplicates = merged + (await dropDuplicates(tx, "customer_id"));
  // in the order everybody locks customers, so that an import and a running campaign cannot deadlock
  const updated = await count(
    tx,
    sql`select count(*) as n from (
      select c.id from customers c join import_rows r using (customer_id) order by c.id for no key update of c
    ) locked`,
  );
  const total = await count(tx, sql`select count(*) as n from import_rows`);
  await sql`
    insert into customers (customer_id, locale, timezone, owner, traits, created_at)
    select customer_id, locale, timezone, owner, traits, ${at} from import_rows order by customer_id
    on conflict (customer_id) do update
      set locale = coalesce(excluded.locale, customers.locale),
          timezone = coalesce(excluded.timezone, customers.timezone),
          owner = coalesce(excluded.owner, customers.owner),
          traits = customers.traits || excluded.traits
      where (customers.locale, customers.timezone, customers.owner, customers.traits) is distinct from (
        coalesce(excluded.locale, customers.locale), coalesce(excluded.timezone, customers.timezone),
        coalesce(excluded.owner, customers.owner), customers.traits || excluded.traits)`.execute(tx);
  await mergeStagedContacts(tx, at);
  const refusalsKept = await mergeStagedConsents(tx, at);
  const withoutConsent = await count(
    tx,
    sql`select count(*) as n from import_rows r join customers c using (customer_id)
      where not exists (select from consents k where k.customer = c.id and k.granted)`,
  );
  return { ...NOTHING_MERGED, created: total - updated, updated, duplicates, withoutConsent, refusalsKept };
}
