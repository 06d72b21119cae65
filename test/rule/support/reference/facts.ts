import { asOf, type DrawnCustomer, homeZone } from "../base.ts";
import { daysBetween, inWindow, localDay } from "./calendar.ts";
import { type Found, Money, scaled, summedUp } from "./value.ts";

/** A customer, and the moment of asking. */
export interface Asked {
  customer: DrawnCustomer;
  now: number;
}

const BIGGEST = 1e15;
/** What was drawn is told from one moment, whenever it is asked about. */
const momentOf = (minutesAgo: number) => asOf.getTime() - minutesAgo * 60_000;
const happened = (minutesAgo: number | null, now: number) => minutesAgo !== null && momentOf(minutesAgo) <= now;

/** What docs/rules.md says that a name is for this customer; undefined = there is no such name. */
export function factOf(name: string, asked: Asked): Found | undefined {
  const { customer, now } = asked;
  const zone = customer.zone ?? homeZone;
  const today = localDay(now, zone);
  const traits = customer.traits as Record<string, unknown>;
  switch (name) {
    case "customer.id":
      return String(customer.id);
    case "customer.locale":
      return customer.locale;
    case "customer.timezone":
      return customer.zone;
    case "customer.owner":
      return customer.owner;
    case "today":
      return today;
    case "consent.email":
      return customer.consent;
    case "churn.risk":
      return customer.scores?.churn_risk ?? null;
    case "rfm.recency":
      return customer.scores?.rfm_recency ?? null;
    case "tier":
      return customer.scores?.tier ?? null;
    case "value.next_365d":
      return typeof customer.scores?.value_365d === "number" ? new Money(customer.scores.value_365d) : null;
    case "complaints.open":
      return customer.complaints.filter(({ ago, solved }) => happened(ago, now) && !happened(solved, now)).length;
    case "customer.traits.text":
    case "customer.traits.other":
      return typeof traits[name.slice(16)] === "string" ? (traits[name.slice(16)] as string) : null;
    case "customer.traits.number":
      return numberIn(traits.number);
    case "customer.traits.money":
      return typeof traits.money === "number" ? new Money(Math.round(traits.money * 100)) : null;
    case "customer.traits.flag":
      return typeof traits.flag === "boolean" ? traits.flag : null;
    case "customer.traits.date":
      return dateIn(traits.date);
    case "customer.traits.tags":
      return Array.isArray(traits.tags) ? traits.tags.filter((each) => typeof each === "string") : null;
    default:
      return /^(campaigns\.|days_since\.last_enrolment)/.test(name)
        ? campaignFact(name, asked, today, zone)
        : aggregateFact(name, asked, today, zone);
  }
}

function campaignFact(name: string, { customer, now }: Asked, today: string, zone: string): Found | undefined {
  const treated = customer.enrolments.filter(({ arm, ago }) => arm === "treatment" && happened(ago, now));
  const state = /^campaigns\.(?:(\w+)\.)?(enrolled|converted)$/.exec(name);
  if (state) {
    const own = treated.filter(({ campaign }) => (state[1] ?? campaign) === campaign);
    return own.some(({ ended, converted }) =>
      state[2] === "enrolled" ? !happened(ended, now) : happened(converted, now),
    );
  }
  const since = /^days_since\.last_enrolment(?:\.(\w+))?$/.exec(name);
  if (!since) return undefined;
  const own = treated.filter(({ campaign }) => (since[1] ?? campaign) === campaign);
  return ofTimes(
    "since_last",
    own.map(({ ago }) => momentOf(ago)),
    today,
    zone,
  );
}

/** orders.sum_365d, events.check_in.days_30d, messages.count, days_since.last_order */
function aggregateFact(name: string, { customer, now }: Asked, today: string, zone: string): Found | undefined {
  const since = /^days_since\.(first|last)_(order|message|event\.(.+))$/.exec(name);
  if (since) {
    const times = timesOf(since[2]!.startsWith("event.") ? `events.${since[3]!}` : `${since[2]!}s`, customer);
    return ofTimes(
      `since_${since[1]!}`,
      times.filter((at) => at <= now),
      today,
      zone,
    );
  }
  const match = /^(.+)\.([a-z]+?)(?:_(\d+[dy]|(?:this|last)_[a-z]+))?$/.exec(name);
  if (!match) return undefined;
  const [, what, aggregate, window = ""] = match as unknown as [string, string, string, string | undefined];
  const inside = (at: number) => inWindow(at, window, now, zone);
  if (what === "orders" && ["sum", "avg", "min", "max"].includes(aggregate)) {
    const paid = customer.orders.filter(({ status, ago }) => status === "paid" && inside(momentOf(ago)));
    return money(
      aggregate,
      paid.map(({ amount, refunded }) => BigInt(amount) - BigInt(refunded)),
    );
  }
  return ofTimes(aggregate, timesOf(what, customer).filter(inside), today, zone);
}

/** When what is counted happened. */
function timesOf(what: string, { orders, events, enrolments }: DrawnCustomer): number[] {
  if (what === "orders") return orders.filter(({ status }) => status === "paid").map(({ ago }) => momentOf(ago));
  if (what === "messages") {
    return enrolments
      .flatMap(({ messages }) => messages)
      .flatMap(({ kind, accepted }) => (kind === "transactional" || accepted === null ? [] : [momentOf(accepted)]));
  }
  return events.filter(({ type }) => `events.${type}` === what).map(({ ago }) => momentOf(ago));
}

function ofTimes(aggregate: string, times: number[], today: string, zone: string): Found | undefined {
  const days = times.map((at) => localDay(at, zone)).toSorted();
  switch (aggregate) {
    case "count":
      return times.length;
    case "days":
      return new Set(days).size;
    case "first":
      return days[0] ?? null;
    case "last":
      return days.at(-1) ?? null;
    case "since_first":
      return days.length === 0 ? null : daysBetween(days[0]!, today);
    case "since_last":
      return days.length === 0 ? null : daysBetween(days.at(-1)!, today);
    default:
      return undefined;
  }
}

/** `{ "orders": { … } }` and `{ "events": { … } }`; `fits` says whether an item or event of these fields passes the filter. */
export function filteredFact(
  table: "orders" | "events",
  { type, within = "", ...asks }: Record<string, unknown>,
  { customer, now }: Asked,
  fits: (fields: Record<string, Found>) => boolean,
): Found | undefined {
  const zone = customer.zone ?? homeZone;
  const [aggregate, of] = Object.entries(asks)[0] as [string, string];
  const inside = ({ ago }: { ago: number }) => inWindow(momentOf(ago), within as string, now, zone);
  const times = (found: { ago: number }[]) =>
    ofTimes(
      aggregate,
      found.map(({ ago }) => momentOf(ago)),
      localDay(now, zone),
      zone,
    );
  if (table === "orders") {
    const paid = customer.orders.filter((one) => one.status === "paid" && inside(one));
    const found = paid.map((one) => ({
      ago: one.ago,
      items: one.items.filter(({ category, qty, price }) =>
        fits({ "item.category": category, "item.qty": qty, "item.sku": null, "item.price": new Money(price) }),
      ),
    }));
    const items = found.flatMap((one) => one.items);
    if (of === "amount") {
      // half units are rounded away from zero
      const amounts = items.map(({ qty, price }) => BigInt(Math.sign(qty) * Math.round(Math.abs(qty) * price)));
      return money(aggregate, amounts);
    }
    if (of !== "qty") return times(found.filter((one) => one.items.length > 0));
    const quantities = items.map(({ qty }) => scaled(qty));
    return numberOf(aggregate, quantities);
  }
  const events = customer.events.filter(
    (one) => one.type === type && inside(one) && fits(fieldsOf(one.type, one.data)),
  );
  if (!["sum", "avg", "min", "max"].includes(aggregate)) return times(events);
  const values = events.map((one) => fieldsOf(one.type, one.data)[`event.${of}`]);
  if (type === "order.paid") {
    return money(
      aggregate,
      values.flatMap((each) => (each instanceof Money ? [BigInt(each.minor)] : [])),
    );
  }
  return numberOf(
    aggregate,
    values.flatMap((each) => (typeof each === "number" ? [scaled(each)] : [])),
  );
}

/** Only the amount of order.paid is declared; all else takes the type of what it is compared with. */
function fieldsOf(type: string, data: Record<string, unknown>): Record<string, Found> {
  const entries = Object.entries(data).map(([name, raw]): [string, Found] => {
    if (type === "order.paid") return [`event.${name}`, name === "amount" ? amountIn(raw) : null];
    return [`event.${name}`, typeof raw === "number" ? numberIn(raw) : (raw as Found)];
  });
  return Object.fromEntries(entries);
}

function money(aggregate: string, minor: bigint[]): Found {
  const found = summedUp(
    aggregate,
    minor.map((each) => each * 10n ** 15n),
  );
  return found === null ? null : new Money(found);
}

/** Too large a sum is missing, as too large a number is. */
function numberOf(aggregate: string, values: bigint[]): number | null {
  const found = summedUp(aggregate, values);
  return found !== null && Math.abs(found) <= BIGGEST ? found : null;
}

function numberIn(raw: unknown): number | null {
  return typeof raw === "number" && Math.abs(raw) <= BIGGEST ? (Math.abs(raw) < 1e-15 ? 0 : raw) : null;
}

function dateIn(raw: unknown): string | null {
  if (typeof raw !== "string" || !/^\d{4}-\d\d-\d\d$/.test(raw) || raw < "0001") return null;
  const date = new Date(`${raw}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === raw ? raw : null;
}

/** Number or text in major units, with no more decimals than the currency has. */
function amountIn(raw: unknown): Money | null {
  const text = typeof raw === "number" ? String(raw) : typeof raw === "string" ? raw.trim() : "";
  return /^-?\d+(\.\d{0,2}0*)?$/.test(text) ? new Money(Math.round(Number(text) * 100)) : null;
}
