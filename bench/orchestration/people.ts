import { sql } from "kysely";
import { toUtc } from "../../src/campaign/calendar.ts";
import type { Home } from "../../src/campaign/library.ts";
import { reactToEvents } from "../../src/intake/react.ts";
import { minuteOf, timeOf } from "../../src/store/clock.ts";
import { zoneAround } from "../../src/store/zone.ts";
import { buysOn, checksIn } from "./chance.ts";
import type { Base } from "../enrolled.ts";

export interface Members {
  cohort: number;
  members: number[];
}

interface Person {
  cohort: number;
  member: number;
  number: number;
  customer: string;
  enrolment: number;
  zone: string;
}

/** What customers do: real events through the real reaction, the same ones in every variant. */
export class People {
  /** milliseconds that reacting to check-ins took */
  reactedMs = 0;
  private readonly base: Base;
  private readonly home: Pick<Home, "currency" | "timezone">;
  private readonly days: number;
  private busy: Promise<unknown> = Promise.resolve();

  constructor(base: Base, home: Pick<Home, "currency" | "timezone">, days: number) {
    this.base = base;
    this.home = home;
    this.days = days;
  }

  /** Their challenge has opened: all check-ins of its days, up to the day that a member buys. */
  async checkIn(who: Members): Promise<void> {
    const people = await this.find(who);
    const { rows } = await sql<{ enrolment: number; day: number }>`
      select enrolment, first_day as day from challenges
      where enrolment = any(${people.map((one) => one.enrolment)}::bigint[])`.execute(this.base.db);
    const first = new Map(rows.map((row) => [row.enrolment, row.day]));
    const events = people.flatMap((person) => {
      const last = buysOn(person.number, this.days) ?? this.days;
      return Array.from({ length: last }, (_, i) => i + 1)
        .filter((day) => checksIn(person.number, day))
        .map((day) => {
          const local = first.get(person.enrolment)! + day - 1;
          const at = toUtc(zoneAround(person.zone, local * 1440), local, 19 * 60);
          return this.event(person, "check_in", timeOf(at), { day });
        });
    });
    const start = performance.now();
    await this.react(events);
    this.reactedMs += performance.now() - start;
  }

  /** Those who buy on this day do it, one after the other. @returns who did */
  async buy(who: Members, day: number, at: Date): Promise<number[]> {
    const buyers = (await this.find(who)).filter((person) => buysOn(person.number, this.days) === day);
    for (const buyer of buyers) {
      const order = { order_id: `o${buyer.number}`, amount: 99 };
      await this.react([this.event(buyer, "order.paid", at, order)]);
    }
    return buyers.map((buyer) => buyer.member);
  }

  private async find({ cohort, members }: Members): Promise<Person[]> {
    const { rows } = await sql<Person>`
      select e.cohort, e.member, e.number, c.customer_id as customer, e.id as enrolment, e.zone
      from enrolments e join customers c on c.id = e.customer
      where e.run = ${this.base.run} and e.cohort = ${cohort} and e.member = any(${members}::int[]) and e.status = 'live'
      order by e.member`.execute(this.base.db);
    return rows;
  }

  private event({ number, customer }: Person, type: string, at: Date, data: Record<string, unknown>) {
    return { event_id: `${type}-${number}-${minuteOf(at)}`, customer_id: customer, type, at, data };
  }

  private async react(events: ReturnType<People["event"]>[]): Promise<void> {
    const { db } = this.base;
    await sql`
      insert into events (source, event_id, customer_id, type, occurred_at, received_at, data)
      select 'bench', event_id, customer_id, type, at, at, data
      from jsonb_to_recordset(${JSON.stringify(events)}::jsonb)
        as e (event_id text, customer_id text, type text, at timestamptz, data jsonb)
      on conflict do nothing`.execute(db);
    // one reaction at a time, as one `serve` does it
    const mine = this.busy.then(async () => {
      while (await reactToEvents({ db, home: this.home, onStimuli: () => undefined }));
    });
    this.busy = mine.catch(() => undefined);
    await mine;
  }
}
