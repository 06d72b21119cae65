import { sql } from "kysely";
import type { Minute } from "../campaign/program.ts";
import type { Database, Tx } from "./database.ts";

/** The database's clock (design section 9), of the one row of the table clock. */
export const CLOCK_NOW = sql<Date>`virtual_anchor + (clock_timestamp() - real_anchor) * rate`;

export interface Clock {
  now: Date;
  rate: number;
}

export async function readClock(db: Database | Tx): Promise<Clock> {
  const { rows } = await sql<Clock>`
    select ${CLOCK_NOW} as now, rate from clock`.execute(db);
  return rows[0]!;
}

/** What every transaction that writes domain rows asks first. */
export async function now(db: Database | Tx): Promise<Date> {
  return (await readClock(db)).now;
}

/** Sets the clock; rate 0 makes it stand still until the next call. */
export async function setClock(db: Database | Tx, to: Date, rate: number): Promise<void> {
  await sql`update clock set real_anchor = clock_timestamp(), virtual_anchor = ${to}, rate = ${rate}`.execute(db);
}

export function minuteOf(time: Date): Minute {
  return Math.floor(time.getTime() / 60_000);
}

export function timeOf(minute: Minute): Date {
  return new Date(minute * 60_000);
}
