import { localDay, minuteOfDay, toUtc, type Zone } from "../campaign/calendar.ts";
import type { Day, Minute } from "../campaign/program.ts";
import { fallsOn } from "../rule/anniversary.ts";
import { dayOf } from "../rule/value.ts";
import { minuteOf, now } from "../store/clock.ts";
import { lockCustomers } from "../store/customer.ts";
import { type Database, transaction } from "../store/database.ts";
import { baseZones, customersOn, holdDateLook, loadDateLooks, saveDateLook } from "../store/join/dates.ts";
import { join } from "../store/join/join.ts";
import { zoneAround } from "../store/zone.ts";
import { runsTriggeredBy, type Triggered } from "./standing-run.ts";

/** A run that looks through the customers of a zone once a day. */
interface Look extends Triggered<"date"> {
  zone: string;
  zones: string[];
  /** the local day for which it is time; undefined: not yet today */
  due?: Day;
  /** when it is time again */
  next: Minute;
}

const AT_ONCE = 1_000;

/**
 * Those join whose day it is, where the campaign's time has come: once a day per zone, until local midnight. What lay
 * before the launch, or a whole day of standstill, is not made up for.
 */
export async function joinByDates(db: Database): Promise<{ joined: number; more: boolean }> {
  const sum = { joined: 0, more: false };
  for (const look of await looks(db)) {
    if (look.due === undefined) continue;
    const { joined, more } = await nextPart(db, look, look.due);
    sum.joined += joined;
    sum.more ||= more;
  }
  return sum;
}

/** For a clock that is stepped: how many looks are due, and when the next one will be. */
export async function dueLooks(db: Database): Promise<{ due: number; next: Minute | null }> {
  const all = await looks(db);
  const next = Math.min(...all.map((look) => look.next));
  return { due: all.filter((look) => look.due !== undefined).length, next: next === Infinity ? null : next };
}

async function looks(db: Database): Promise<Look[]> {
  const found: Look[] = [];
  let zones: string[] | undefined;
  const done = new Map<string, Day>();
  const minute = minuteOf(await now(db));
  for (const { run, program, trigger } of await runsTriggeredBy(db, "date")) {
    if (!zones) {
      zones = await baseZones(db);
      for (const look of await loadDateLooks(db)) {
        done.set(`${look.run} ${look.zone}`, look.done ? look.day : look.day - 1);
      }
    }
    for (const name of new Set([program.timezone, ...zones])) {
      const zone = zoneAround(name, minute);
      const day = localDay(zone, minute);
      const time = toUtc(zone, day, trigger.at);
      const open =
        minuteOfDay(zone, minute) >= trigger.at &&
        time >= minuteOf(run.launchedAt) &&
        (done.get(`${run.id} ${name}`) ?? -1) < day;
      const next = nextTime(zone, day, trigger.at, minute);
      found.push({ run, program, trigger, zone: name, zones, ...(open && { due: day }), next });
    }
  }
  return found;
}

function nextTime(zone: Zone, day: Day, at: number, minute: Minute): Minute {
  const today = toUtc(zone, day, at);
  return today > minute ? today : toUtc(zone, day + 1, at);
}

async function nextPart(db: Database, look: Look, day: Day): Promise<{ joined: number; more: boolean }> {
  const { run, program, trigger, zone, zones } = look;
  // the day that is kept, which the offset puts before or after today
  const date = dayOf(day - trigger.offset);
  return transaction(db, async (tx) => {
    const held = await holdDateLook(tx, { run: run.id, zone, day });
    if (!held) return { joined: 0, more: false };
    const { of, calendar } = trigger;
    const isKept = "trait" in of || fallsOn(calendar, of, date);
    const whose = {
      ...{ zone, zones, campaignZone: program.timezone },
      ...("trait" in of && { trait: { name: of.trait, calendar, day: date } }),
    };
    const customers = isKept ? await customersOn(tx, whose, held.after, AT_ONCE) : [];
    await lockCustomers(tx, customers);
    const joiners = customers.map((customer) => ({ customer, key: date, trigger: { date } }));
    const joined = await join(tx, run.id, program, joiners, await now(tx));
    const more = customers.length === AT_ONCE;
    await saveDateLook(tx, { run: run.id, zone, day, done: !more }, customers.at(-1) ?? held.after);
    return { joined: joined.filter((one) => "enrolment" in one).length, more };
  });
}
