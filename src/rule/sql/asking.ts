import { type RawBuilder, sql } from "kysely";

/** The moment and the home that an answer is for. */
export interface Asking {
  asOf: Date;
  /** zone of customers that have none of their own */
  homeZone: string;
}

export const DAY_MS = 24 * 60 * 60 * 1000;

export function moment(time: Date): RawBuilder<Date> {
  return sql`${time}::timestamptz`;
}

/** So many days of 24 hours before the moment of asking. */
export function ago(asking: Asking, days: number): RawBuilder<Date> {
  return moment(new Date(asking.asOf.getTime() - days * DAY_MS));
}

/** Zone of the customer in the table of this alias. */
export function zoneOf(alias: string, asking: Asking): RawBuilder<string> {
  return sql`coalesce(${sql.ref(`${alias}.timezone`)}, ${asking.homeZone}::text)`;
}

/** Calendar day "YYYY-MM-DD" of a time in the customer's zone. */
export function dayText(time: RawBuilder<unknown>, alias: string, asking: Asking): RawBuilder<string> {
  return sql`to_char(${time} at time zone ${zoneOf(alias, asking)}, 'YYYY-MM-DD') collate "C"`;
}

/** Every day that is today somewhere at the moment of asking. */
export function possibleDays({ asOf }: Asking): string[] {
  const at = (hours: number) => new Date(asOf.getTime() + hours * 3_600_000).toISOString().slice(0, 10);
  return [...new Set([at(-12), at(0), at(14)])];
}

/** Whole calendar days from a time until the moment of asking, in the customer's zone. */
export function daysSince(time: RawBuilder<unknown>, alias: string, asking: Asking): RawBuilder<number> {
  const zone = zoneOf(alias, asking);
  return sql`((${moment(asking.asOf)} at time zone ${zone})::date - (${time} at time zone ${zone})::date)::float8`;
}
