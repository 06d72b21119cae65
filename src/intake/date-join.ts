import { localDay, minuteOfDay, toUtc, type Zone } from "../campaign/calendar.ts";
import type { Day, Minute } from "../campaign/program.ts";
import { fallsOn } from "../rule/anniversary.ts";
import { dayOf } from "../rule/value.ts";
import { minuteOf, now } from "../store/clock.ts";
import { lockCustomers } from "../store/customer.ts";
import { type Database, transaction, type Tx } from "../store/database.ts";
import {
  baseZones,
  countOn,
  customersOn,
  holdDateLook,
  insertMissed,
  loadDateLooks,
  type Missed,
  saveDateLook,
  type Whose,
} from "../store/join/dates.ts";
import { join } from "../store/join/join.ts";
import { zoneAround } from "../store/zone.ts";
import { runsTriggeredBy, type Triggered } from "./standing-run.ts";

/** A run that looks through the customers of a zone once a day. */
interface Look extends Triggered<"date"> {
  zone: string;
  zones: string[];
  /** the earliest local day for which it is time; undefined: not yet today */
  due?: Day;
  /** local days before it for which nobody has looked, and for which it is too late now */
  tooLate: Day[];
  /** a later day is due as well */
  isLast: boolean;
  /** when it is time again */
  next: Minute;
}

const AT_ONCE = 1_000;

/**
 * Those join whose day it is, where the campaign's time has come: once a day per zone, the days that a standstill has
 * left out first, as far back as the trigger's `catchUp` reaches. Days for which it is too late are noted. What lay
 * before the launch is nobody's.
 */
export async function joinByDates(db: Database): Promise<{ joined: number; more: boolean }> {
  const sum = { joined: 0, more: false };
  for (const look of await looks(db)) {
    if (look.due === undefined) continue;
    const { joined, more } = await nextPart(db, look, look.due);
    sum.joined += joined;
    sum.more ||= more || !look.isLast;
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
  const done = new Map<string, Map<string, Day>>();
  const minute = minuteOf(await now(db));
  for (const { run, program, trigger } of await runsTriggeredBy(db, "date")) {
    if (!zones) {
      zones = await baseZones(db);
      for (const look of await loadDateLooks(db)) {
        const ofRun = done.get(look.run) ?? new Map<string, Day>();
        done.set(look.run, ofRun.set(look.zone, look.done ? look.day : look.day - 1));
      }
    }
    for (const name of new Set([program.timezone, ...zones])) {
      const zone = zoneAround(name, minute);
      const day = localDay(zone, minute);
      const today = minuteOfDay(zone, minute) >= trigger.at ? day : day - 1;
      const ofRun = done.get(run.id);
      // a zone that somebody has just moved to has missed no more than the others, behind which it may be by a day
      const before = ofRun?.get(name) ?? (ofRun ? Math.min(...ofRun.values()) - 1 : -Infinity);
      const open = openDays(zone, { after: before, today, at: trigger.at }, minuteOf(run.launchedAt));
      const due = open.find((each) => each >= day - (trigger.catchUp ?? 0));
      found.push({
        ...{ run, program, trigger, zone: name, zones },
        ...(due !== undefined && { due }),
        tooLate: due === undefined ? [] : open.filter((each) => each < due),
        isLast: due === undefined || due === today,
        next: nextTime(zone, day, trigger.at, minute),
      });
    }
  }
  return found;
}

/** So far back are missed days looked for. */
const YEAR = 366;

/** Local days that nobody has looked for, of those whose time came after the launch. */
function openDays(zone: Zone, days: { after: Day; today: Day; at: number }, launched: Minute): Day[] {
  const { after, today, at } = days;
  const open: Day[] = [];
  for (let day = today; day > after && day > today - YEAR && toUtc(zone, day, at) >= launched; day--) open.unshift(day);
  return open;
}

function nextTime(zone: Zone, day: Day, at: number, minute: Minute): Minute {
  const today = toUtc(zone, day, at);
  return today > minute ? today : toUtc(zone, day + 1, at);
}

async function nextPart(db: Database, look: Look, day: Day): Promise<{ joined: number; more: boolean }> {
  const { run, program, zone } = look;
  return transaction(db, async (tx) => {
    const held = await holdDateLook(tx, { run: run.id, zone, day });
    if (!held) return { joined: 0, more: false };
    await noteMissed(tx, look);
    const whose = whoseDay(look, day);
    const customers = whose ? await customersOn(tx, whose, held.after, AT_ONCE) : [];
    await lockCustomers(tx, customers);
    const date = keptDay(look, day);
    const joiners = customers.map((customer) => ({ customer, key: date, trigger: { date } }));
    const joined = await join(tx, run.id, program, joiners, await now(tx));
    const more = customers.length === AT_ONCE;
    await saveDateLook(tx, { run: run.id, zone, day, done: !more }, customers.at(-1) ?? held.after);
    return { joined: joined.filter((one) => "enrolment" in one).length, more };
  });
}

/** So that `status` can tell whom nobody has written to. */
async function noteMissed(tx: Tx, look: Look): Promise<void> {
  const { run, zone, tooLate } = look;
  const missed: Missed[] = [];
  for (const day of tooLate) {
    const whose = whoseDay(look, day);
    const customers = whose ? await countOn(tx, whose) : 0;
    if (customers > 0) missed.push({ zone, day, customers });
  }
  await insertMissed(tx, run.id, missed, await now(tx));
}

/** The day that is kept ("YYYY-MM-DD"), which the offset puts before or after the day of the look. */
function keptDay({ trigger }: Look, day: Day): string {
  return dayOf(day - trigger.offset);
}

/** Undefined: nobody's. */
function whoseDay(look: Look, day: Day): Whose | undefined {
  const { program, zone, zones } = look;
  const { of, calendar } = look.trigger;
  const date = keptDay(look, day);
  const lives = { zone, zones, campaignZone: program.timezone };
  if ("trait" in of) return { ...lives, trait: { name: of.trait, calendar, day: date } };
  return fallsOn(calendar, of, date) ? lives : undefined;
}
