import { sql } from "kysely";
import type { OutgoingMessage } from "../channel/channel.ts";
import { addressHash, loadContacts } from "../store/contact.ts";
import type { Database } from "../store/database.ts";
import type { ClaimedMessage } from "../store/message-claim.ts";
import type { Brand } from "../template/brand.ts";
import type { CompiledTemplate } from "../template/compile.ts";
import type { TemplateData } from "../template/data.ts";
import { render } from "../template/render.ts";
import { storedTemplate } from "../template/stored.ts";
import { formatDay, formatMoney } from "./format.ts";
import { type JourneyData, loadJourneys } from "./journey.ts";
import { type LinkSigner, linksOf } from "./links.ts";

/** A claimed message with whose it is and what it will say. */
export interface Prepared {
  claimed: ClaimedMessage;
  /** undefined: the address is gone */
  to: string | undefined;
  addressHash: string;
  /** undefined: its template cannot be filled in */
  outgoing: Omit<OutgoingMessage, "date"> | undefined;
}

export interface Preparer extends LinkSigner {
  db: Database;
  brand: Brand;
}

interface Person {
  name: string;
  traits: Record<string, unknown>;
  /** customer_id and the like, as far as they are known */
  about: { id: string; locale?: string; timezone?: string; owner?: string };
  /** by contact id */
  addresses: Map<number, string>;
}

/** Everything about people that the messages need, in two queries. */
export async function loadPeople(db: Database, messages: ClaimedMessage[]): Promise<Map<number, Person>> {
  const customers = [...new Set(messages.map(({ customer }) => customer))];
  const { rows } = await sql<{ id: number; traits: Record<string, unknown>; about: Person["about"] }>`
    select id, traits, jsonb_strip_nulls(jsonb_build_object(
      'id', customer_id, 'locale', locale, 'timezone', timezone, 'owner', owner)) as about
    from customers where id = any(${customers}::bigint[])`.execute(db);
  const contacts = await loadContacts(db, customers);
  return new Map(
    rows.map(({ id, traits, about }) => {
      const own = contacts.get(id) ?? [];
      const name = own.find(({ kind, role }) => kind === "name" && role === "self")?.value ?? "";
      return [id, { name, traits, about, addresses: new Map(own.map((contact) => [contact.id, contact.value])) }];
    }),
  );
}

/** Fills messages in. One that cannot be filled in is that message's trouble alone. `at` is clock time. */
export async function prepare(
  preparer: Preparer,
  messages: ClaimedMessage[],
  people: Map<number, Person>,
  at: Date,
): Promise<Prepared[]> {
  const prepared: Prepared[] = [];
  const journeys = await loadJourneys(preparer.db, messages, at);
  for (const claimed of messages) {
    const person = people.get(claimed.customer);
    const to = person?.addresses.get(claimed.contact);
    const template = await storedTemplate(preparer.db, claimed.template, claimed.locale);
    const outgoing =
      to !== undefined &&
      person &&
      template &&
      fill(preparer, template, claimed, to, person, at, journeys.get(claimed.id));
    prepared.push({
      claimed,
      to,
      addressHash: to === undefined ? "" : addressHash(claimed.channel, to),
      outgoing: outgoing || undefined,
    });
  }
  return prepared;
}

function fill(
  preparer: Preparer,
  template: CompiledTemplate,
  message: ClaimedMessage,
  to: string,
  person: Person,
  at: Date,
  journey: JourneyData | undefined,
): Prepared["outgoing"] {
  const data = { ...templateData(preparer, message, person, at), ...journey };
  try {
    return {
      ...render(template, data),
      id: message.id,
      to,
      locale: message.locale,
      kind: message.kind,
      run: message.run,
      step: message.step,
      ...(message.kind !== "transactional" && { unsubscribe: data.links.unsubscribe }),
    };
  } catch {
    return undefined; // what a filter throws may quote the customer's data
  }
}

export function templateData(
  preparer: Pick<Preparer, "brand" | "secret" | "publicUrl">,
  message: ClaimedMessage,
  person: Pick<Person, "name" | "traits" | "about">,
  at: Date,
): TemplateData {
  const locale = message.locale === "zh-CN" ? "zh-CN" : "en";
  const { challenge, coupon, survey, campaign } = message.data;
  return {
    brand: preparer.brand.name[locale],
    locale,
    campaign: { name: campaign[locale] },
    customer: { ...person.about, name: person.name, traits: person.traits },
    links: linksOf(message, preparer, at),
    ...(challenge && { challenge: { day: challenge.day, days: challenge.days } }),
    ...(survey && { survey: { id: survey.step } }),
    ...(coupon && {
      coupon: {
        code: coupon.code,
        expires: formatDay(new Date(coupon.expiresAt), message.zone, locale),
        ...(coupon.percentOff !== undefined && { percentOff: coupon.percentOff }),
        ...(coupon.amountOff !== undefined && { amountOff: formatMoney(coupon.amountOff, coupon.currency, locale) }),
        ...(coupon.minimum > 0 && { minimum: formatMoney(coupon.minimum, coupon.currency, locale) }),
      },
    }),
  };
}
