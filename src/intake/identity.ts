import { linkAnonymous } from "../store/anonymous.ts";
import { type ContactKind, type NewContact, upsertContacts } from "../store/contact.ts";
import type { Tx } from "../store/database.ts";
import { forgetAddresses, type IdentityChange, lastSaid, saveIdentities } from "../store/identity.ts";
import type { Batch, Pending } from "./batch.ts";
import { type ActingType, dataOf } from "./event-data.ts";
import { type Identity, withoutAddresses } from "./identity-data.ts";

/**
 * customer.identified: traits and addresses. customer.linked, and identified with an anonymous_id: what the visitor did
 * before becomes the customer's past. Never consent: that is only ever said by consent.changed.
 */
export async function recordIdentities(tx: Tx, batch: Batch): Promise<void> {
  const identified = batch.events.filter((event) => event.type === "customer.identified");
  const linked = batch.events.filter((event) => event.type === "customer.linked");
  if (identified.length + linked.length === 0) return;
  for (const event of [...identified, ...linked]) dataOf(event.type as ActingType, event, batch.home.currency);
  if (identified.length > 0) await recordWords(tx, batch, identified);
  await recordLinks(tx, [...identified, ...linked]);
}

async function recordWords(tx: Tx, batch: Batch, events: Pending[]): Promise<void> {
  const order = [...events].sort((a, b) => a.occurred_at.getTime() - b.occurred_at.getTime() || a.id - b.id);
  const said = await lastSaid(tx, [...new Set(events.map((event) => event.customer))], order[0]!.occurred_at);
  const isLatest = (event: Pending, what: string) =>
    (said.get(`${event.customer} ${what}`)?.getTime() ?? 0) <= event.occurred_at.getTime();
  const changes = new Map<number, IdentityChange>();
  const contacts: NewContact[] = [];
  for (const event of order) {
    const { traits = {}, contacts: addresses = {}, locale, timezone, device } = event.data as Identity;
    const change = changes.get(event.customer) ?? unchanged(event.customer);
    changes.set(event.customer, change);
    const fresh = Object.entries(traits).filter(([name]) => isLatest(event, `traits/${name}`));
    for (const [name, value] of fresh) change.traits[name] = value;
    if (locale !== undefined && isLatest(event, "locale")) change.locale = locale;
    if (timezone !== undefined && isLatest(event, "timezone")) change.timezone = timezone;
    change.deviceLocale = device?.locale ?? change.deviceLocale;
    change.deviceTimezone = device?.timezone ?? change.deviceTimezone;
    const kinds = Array.isArray(addresses)
      ? []
      : (Object.entries(addresses) as [ContactKind, string][]).filter(([kind]) => isLatest(event, `contacts/${kind}`));
    for (const [kind, value] of kinds) contacts.push({ customer: event.customer, kind, role: "self", value });
    // nor do campaigns that it starts keep them
    event.data = withoutAddresses(event.type, event.data);
    if (fresh.length + kinds.length > 0)
      event.reaction.identity = {
        ...(fresh.length > 0 && { traits: fresh.map(([name]) => name) }),
        ...(kinds.length > 0 && { contacts: kinds.map(([kind]) => kind) }),
      };
  }
  await saveIdentities(tx, [...changes.values()]);
  await upsertContacts(tx, contacts, batch.at);
  await forgetAddresses(
    tx,
    events.map((event) => event.id),
  );
}

function unchanged(customer: number): IdentityChange {
  return { customer, traits: {}, locale: null, timezone: null, deviceLocale: null, deviceTimezone: null };
}

async function recordLinks(tx: Tx, events: Pending[]): Promise<void> {
  const linking = events.flatMap((event) => {
    const anonymous = (event.data as Identity).anonymous_id;
    return anonymous === undefined ? [] : [{ event, anonymous }];
  });
  const moved = await linkAnonymous(
    tx,
    linking.map(({ event, anonymous }) => ({ anonymous, customer: event.customer })),
  );
  for (const { event, anonymous } of linking) {
    const count = moved.get(anonymous);
    moved.delete(anonymous);
    if (count !== undefined) event.reaction.identity = { ...event.reaction.identity, linked: count };
  }
}
