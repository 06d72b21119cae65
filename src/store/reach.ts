import type { ChannelFacts } from "../campaign/decide/reach.ts";
import { type Consent, loadConsents } from "./consent.ts";
import { contactKindOf, loadContacts } from "./contact.ts";
import type { Database, Tx } from "./database.ts";
import { isSuppressed } from "./suppression.ts";

export interface ReachAsked {
  /** the step's chain, in its order */
  channels: string[];
  topic: string;
  /** channels that can send here */
  configured: string[];
}

/** What is known of each channel for each of these customers, in the chain's order; set-wise. */
export async function loadReach(
  db: Database | Tx,
  customers: number[],
  { channels, topic, configured }: ReachAsked,
): Promise<Map<number, ChannelFacts[]>> {
  const contacts = await loadContacts(db, customers);
  const consents = await loadConsents(db, customers);
  // contacts come with the customer's own first
  const addresses = customers.flatMap((customer) =>
    channels.flatMap((channel) => {
      const contact = contacts.get(customer)?.find((row) => row.kind === contactKindOf(channel));
      return contact ? [{ customer, channel, id: contact.id, value: contact.value }] : [];
    }),
  );
  const suppressed = await isSuppressed(db, addresses);
  const found = new Map(
    addresses.map((row, i) => [`${row.customer} ${row.channel}`, { id: row.id, suppressed: suppressed[i]! }]),
  );
  const factsOf = (customer: number, channel: string): ChannelFacts => {
    const address = found.get(`${customer} ${channel}`);
    return {
      channel,
      configured: configured.includes(channel),
      contact: address?.id,
      suppressed: address?.suppressed ?? false,
      topic: said(consents.get(customer), channel, topic),
      promotion: said(consents.get(customer), channel, "promotion"),
    };
  };
  return new Map(customers.map((customer) => [customer, channels.map((channel) => factsOf(customer, channel))]));
}

function said(consents: Consent[] | undefined, channel: string, topic: string): boolean | undefined {
  return consents?.find((row) => row.channel === channel && row.topic === topic)?.granted;
}
