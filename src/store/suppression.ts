import { sql } from "kysely";
import { addressHash, channelsOf, type Contact } from "./contact.ts";
import type { Database, Tx } from "./database.ts";

export interface Address {
  channel: string;
  /** as in contacts; never stored here, only its hash */
  value: string;
}

/** Whether each address may not be written to at all, in the order given. */
export async function isSuppressed(db: Database | Tx, addresses: Address[]): Promise<boolean[]> {
  if (addresses.length === 0) return [];
  const hashes = addresses.map(({ channel, value }) => addressHash(channel, value));
  const { rows } = await sql<{ channel: string; address_hash: string }>`
    select channel, address_hash from suppressions
    where (channel, address_hash) in (
      select * from unnest(${addresses.map(({ channel }) => channel)}::text[], ${hashes}::text[]))`.execute(db);
  const found = new Set(rows.map((row) => `${row.channel} ${row.address_hash}`));
  return addresses.map(({ channel }, i) => found.has(`${channel} ${hashes[i]}`));
}

/** Channels on which each contact may not be written to at all, in the order given. */
export async function suppressedChannels(db: Database | Tx, contacts: Contact[]): Promise<string[][]> {
  const addresses = contacts.flatMap(({ kind, value }, contact) =>
    channelsOf(kind).map((channel) => ({ contact, channel, value })),
  );
  const suppressed = await isSuppressed(db, addresses);
  return contacts.map((_, contact) =>
    addresses.filter((address, i) => address.contact === contact && suppressed[i]).map(({ channel }) => channel),
  );
}

/** Never write to these addresses again. `reason`: "unsubscribe", "complaint", "bounced", "manual". `at` is clock time. */
export async function suppress(tx: Tx, addresses: Address[], reason: string, at: Date): Promise<void> {
  if (addresses.length === 0) return;
  await sql`
    insert into suppressions (channel, address_hash, reason, at)
    select distinct channel, address_hash, ${reason}, ${at}::timestamptz
    from unnest(${addresses.map(({ channel }) => channel)}::text[],
      ${addresses.map(({ channel, value }) => addressHash(channel, value))}::text[]) as u (channel, address_hash)
    order by channel, address_hash
    on conflict do nothing`.execute(tx);
}
