import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { Database, Tx } from "./database.ts";

/**
 * The one module that reads and writes names and addresses of people, so that they can be encrypted and erased in one
 * place. Everything else passes contact ids.
 */
export const CONTACT_KINDS = ["name", "email", "phone", "wecom"] as const;
export type ContactKind = (typeof CONTACT_KINDS)[number];

export interface Contact {
  id: number;
  customer: number;
  kind: ContactKind;
  /** "self" or whose it is: "guardian", "billing", … */
  role: string;
  value: string;
}
export type NewContact = Omit<Contact, "id">;

const KIND_OF_CHANNEL: Record<string, ContactKind> = {
  email: "email",
  sms: "phone",
  phone: "phone",
  "wecom-customer": "wecom",
};

/** The kind of contact that a channel writes to; undefined when it needs none (a webhook). */
export function contactKindOf(channel: string): ContactKind | undefined {
  return KIND_OF_CHANNEL[channel];
}

export function channelsOf(kind: ContactKind): string[] {
  return Object.keys(KIND_OF_CHANNEL).filter((channel) => KIND_OF_CHANNEL[channel] === kind);
}

/**
 * One spelling per address, for comparing and hashing: full-width characters become plain, e-mail is lower-case, a phone
 * keeps digits and a leading "+", Chinese mobiles lose +86.
 */
export function normalise(kind: ContactKind, value: string): string {
  const plain = value.normalize("NFKC").trim();
  if (kind === "email") return plain.toLowerCase();
  if (kind !== "phone") return plain;
  const digits = plain
    .replace(/[^\d+]/g, "")
    .replace(/(?!^)\+/g, "")
    .replace(/^00/, "+");
  return digits.replace(/^\+86(?=1[3-9]\d{9}$)/, "");
}

/** What suppressions remember instead of an address: it outlives the customer's erasure. SHA-256, hex. */
export function addressHash(channel: string, value: string): string {
  const kind = contactKindOf(channel);
  return createHash("sha256")
    .update(`${kind ?? channel}:${kind ? normalise(kind, value) : value}`)
    .digest("hex");
}

/** One value per (customer, kind, role): a new one replaces the old one, under the same contact id. */
export async function upsertContacts(tx: Tx, contacts: NewContact[], at: Date): Promise<void> {
  if (contacts.length === 0) return;
  const last = new Map(contacts.map((row) => [JSON.stringify([row.customer, row.kind, row.role]), row]));
  const rows = [...last.values()].map((row) => ({ ...row, value: stored(row.kind, row.value) }));
  await sql`
    insert into contacts (customer, kind, role, value, created_at)
    select customer, kind, role, value, ${at}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (customer bigint, kind text, role text, value text)
    order by customer, kind, role
    on conflict (customer, kind, role) do update set value = excluded.value where contacts.value <> excluded.value`.execute(
    tx,
  );
}

/** As it is kept: phones in their one spelling, the rest as people write it. */
function stored(kind: ContactKind, value: string): string {
  if (kind === "phone") return normalise(kind, value);
  return kind === "name" ? value.trim() : value.normalize("NFKC").trim();
}

/** All contacts of these customers; a customer without any has no entry. */
export async function loadContacts(db: Database | Tx, customers: number[]): Promise<Map<number, Contact[]>> {
  const found = new Map<number, Contact[]>();
  if (customers.length === 0) return found;
  const { rows } = await sql<Contact>`
    select id, customer, kind, role, value from contacts where customer = any(${customers}::bigint[])
    order by customer, kind, role = 'self' desc, role`.execute(db);
  for (const row of rows) {
    const list = found.get(row.customer);
    if (list) list.push(row);
    else found.set(row.customer, [row]);
  }
  return found;
}

export async function loadContactsById(db: Database | Tx, ids: number[]): Promise<Map<number, Contact>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<Contact>`
    select id, customer, kind, role, value from contacts where id = any(${ids}::bigint[])`.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Contacts of the staged lines of an import, all at once; a line without a value leaves what is there. */
export async function mergeStagedContacts(tx: Tx, at: Date): Promise<void> {
  await sql`
    insert into contacts (customer, kind, role, value, created_at)
    select distinct on (c.id, k.kind, k.role) c.id, k.kind, k.role, k.value, ${at}::timestamptz
    from import_rows r
    join customers c using (customer_id)
    cross join jsonb_to_recordset(r.contacts) as k (kind text, role text, value text)
    order by c.id, k.kind, k.role
    on conflict (customer, kind, role) do update set value = excluded.value where contacts.value <> excluded.value`.execute(
    tx,
  );
}

/**
 * Addresses of a customer who is merged into another. An address that the kept one has too is one; where a role is taken
 * by another address, the dropped one's is kept beside it, since messages and people refer to it. A second name goes.
 */
export async function moveContacts(tx: Tx, { kept, dropped }: { kept: number; dropped: number }): Promise<number> {
  const contacts = await loadContacts(tx, [kept, dropped]);
  const known = contacts.get(kept) ?? [];
  const same = (contacts.get(dropped) ?? []).flatMap((old) => {
    const twin = known.find((row) => row.kind === old.kind && isSame(row.kind, row.value, old.value));
    return twin ? [{ old: old.id, twin: twin.id }] : [];
  });
  await sql`
    update messages m set contact = s.twin from jsonb_to_recordset(${JSON.stringify(same)}::jsonb) as s (old bigint, twin bigint)
    where m.contact = s.old`.execute(tx);
  await sql`delete from contacts where id = any(${same.map((row) => row.old)}::bigint[])`.execute(tx);
  await sql`
    delete from contacts d using contacts k
    where d.customer = ${dropped} and d.kind = 'name' and k.customer = ${kept} and k.kind = 'name' and k.role = d.role`.execute(
    tx,
  );
  const { numAffectedRows } = await sql`
    update contacts d
    set customer = ${kept},
        role = case when exists (select from contacts k where k.customer = ${kept} and k.kind = d.kind and k.role = d.role)
          then 'merged-' || d.id else d.role end
    where d.customer = ${dropped}`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

/** Kinds of which a customer has an address that the other one does not have. */
export async function kindsOfOwn(db: Database | Tx, of: number, other: number): Promise<ContactKind[]> {
  const contacts = await loadContacts(db, [of, other]);
  const theirs = contacts.get(other) ?? [];
  return (contacts.get(of) ?? [])
    .filter((row) => !theirs.some((one) => one.kind === row.kind && isSame(row.kind, one.value, row.value)))
    .map((row) => row.kind);
}

function isSame(kind: ContactKind, a: string, b: string): boolean {
  return normalise(kind, a) === normalise(kind, b);
}

export interface Duplicate {
  kind: "email" | "phone" | "wecom";
  /** customer_ids of those who share one address, in order; never the address */
  customers: string[];
}

/** Customers who share an address, those with the most first. */
export async function findDuplicates(db: Database | Tx, limit: number): Promise<Duplicate[]> {
  const { rows } = await sql<Duplicate>`
    select k.kind, array_agg(distinct c.customer_id order by c.customer_id) as customers
    from contacts k join customers c on c.id = k.customer
    where k.kind in ('email', 'phone', 'wecom')
    group by k.kind, lower(k.value) having count(distinct k.customer) > 1
    order by count(distinct k.customer) desc, k.kind, min(c.customer_id) limit ${limit}`.execute(db);
  return rows;
}

export interface ContactCounts {
  /** customers with no e-mail, phone or WeCom id */
  unreachable: number;
  /** customers without a contact of this kind */
  missing: { kind: ContactKind; customers: number }[];
  /** addresses that several customers share, and how many customers those are */
  duplicates: { kind: ContactKind; addresses: number; customers: number }[];
}

export async function countContacts(db: Database | Tx): Promise<ContactCounts> {
  const reach = await sql<{ n: number }>`
    select count(*) as n from customers c
    where not exists (select from contacts k where k.customer = c.id and k.kind <> 'name')`.execute(db);
  const missing = await sql<ContactCounts["missing"][number]>`
    select k.kind, (select count(*) from customers) - count(distinct c.customer) as customers
    from unnest(${[...CONTACT_KINDS]}::text[]) with ordinality as k (kind, nr) left join contacts c on c.kind = k.kind
    group by k.kind, k.nr order by k.nr`.execute(db);
  const shared = await sql<ContactCounts["duplicates"][number]>`
    select kind, count(*) as addresses, sum(customers)::bigint as customers
    from (
      select kind, count(distinct customer) as customers from contacts
      where kind in ('email', 'phone', 'wecom') group by kind, lower(value) having count(distinct customer) > 1
    ) shared
    group by kind order by kind`.execute(db);
  return { unreachable: reach.rows[0]!.n, missing: missing.rows, duplicates: shared.rows };
}
