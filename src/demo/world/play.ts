import { sql } from "kysely";
import { minuteOfDay } from "../../campaign/calendar.ts";
import { refuse } from "../../fault.ts";
import { nextDueMinute, stepClock, type Stir, stir } from "../../operate/clock.ts";
import { minuteOf, now } from "../../store/clock.ts";
import type { Database } from "../../store/database.ts";
import { loadRun } from "../../store/run.ts";
import { zoneAround } from "../../store/zone.ts";
import { isUnreachable } from "../../store/unreachable.ts";
import { Agenda, perform } from "./agenda.ts";
import { Customers } from "./customers.ts";
import { readMail } from "./mailbox.ts";
import { openOutside } from "./outside.ts";
import { patiently } from "./patience.ts";
import { Reps, type TaskCommand } from "./reps.ts";
import { type Day, measureDay } from "./table.ts";

export interface PlayOptions {
  run: string;
  seed: number;
  /** customers.csv that was imported */
  customers: string;
  zone: string;
  publicUrl: string;
  inboxUrl: string;
  /** mail in the inbox up to this number is of earlier runs */
  mailAfter: number;
  key: string;
  /** least real time for a day of the clock */
  dayMs: number;
  /** wakes the dispatcher after the clock was put forward */
  wake: () => void;
  /** makes the run look whether it has ended */
  look: () => Promise<void>;
  task: TaskCommand;
  callOutcomes: string[];
  onDay: (day: Day) => void;
  signal?: AbortSignal;
}

const DAY = 1440;
/** wide enough that what many people do at the same time is reacted to in few, large batches */
const ACTS_AT_ONCE = 128;
/** longer than a part takes to restart and the leases of a process that was killed to end */
const STANDSTILL_MS = 240_000;

/**
 * Plays a run to its end on the stepped clock: lets Rekindle come to rest, lets people react to what they received,
 * and puts the clock forward to whatever comes next.
 */
export async function play(db: Database, options: PlayOptions): Promise<void> {
  const agenda = new Agenda(await surely(() => slotMinutes(db, options.run)));
  const outside = openOutside(options.publicUrl, options.key);
  const customers = new Customers(options.seed, agenda, outside, options.inboxUrl);
  const reps = new Reps(options.seed, agenda, options.task, options.callOutcomes);
  const { launchedAt } = await surely(() => loadRun(db, options.run));
  const start = minuteOf(launchedAt);
  await customers.settle(options.customers, start, await surely(() => lengthInDays(db, options.run)));
  let mailRead = options.mailAfter;
  let dayEnd = start - (start % DAY) + DAY;
  let dayBegan = Date.now();
  for (;;) {
    await untilQuiet(db, options.signal);
    if (options.signal?.aborted) return;
    const at = minuteOf(await surely(() => now(db)));
    const localMinute = minuteOfDay(zoneAround(options.zone, at), at);
    for (
      let mails = await readMail(options.inboxUrl, mailRead);
      mails.length > 0;
      mails = await readMail(options.inboxUrl, mailRead)
    ) {
      await perform(
        mails.map((mail) => () => customers.read(mail, at, localMinute)),
        ACTS_AT_ONCE,
      );
      mailRead = mails.at(-1)!.id;
    }
    await surely(() => reps.look(db, options.run, at));
    if (at >= dayEnd) {
      const day = Math.round((dayEnd - start) / DAY);
      options.onDay(await surely(() => measureDay(db, options.run, day)));
      if (await surely(() => hasEnded(db, options))) return;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, options.dayMs - (Date.now() - dayBegan))));
      dayBegan = Date.now();
      dayEnd += DAY;
    }
    const stops = [await surely(() => nextDueMinute(db)), agenda.next(), dayEnd].filter((minute) => minute !== null);
    const to = Math.max(at, Math.min(...stops));
    // put forward to the same minute twice, it only says the same twice
    await surely(() => stepClock(db, to));
    options.wake();
    await perform(agenda.take(to), ACTS_AT_ONCE);
  }
}

/** Asks the run to look where it stands, and gives a run with nobody under way a moment to say that it is closed. */
async function hasEnded(db: Database, options: PlayOptions): Promise<boolean> {
  await options.look();
  const { rows } = await sql<{ live: boolean; over: boolean }>`
    select exists (select 1 from enrolments where run = ${options.run} and status = 'live' and arm = 'treatment') as live,
           (select coalesce(max(w.until), '-infinity') from waits w join enrolments e on e.id = w.enrolment
            where e.run = ${options.run} and w.kind = 'goal') <= (select virtual_anchor from clock) as over`.execute(
    db,
  );
  const patience = Date.now() + (rows[0]!.live || !rows[0]!.over ? 0 : 1_000);
  do {
    const { status } = await loadRun(db, options.run);
    if (status === "closed" || status === "stopped") return true;
    if (Date.now() < patience) await new Promise((resolve) => setTimeout(resolve, 20));
  } while (Date.now() < patience);
  return false;
}

async function untilQuiet(db: Database, signal?: AbortSignal): Promise<void> {
  let patience = Date.now() + STANDSTILL_MS;
  let stirring: Stir = await surely(() => stir(db));
  for (let turn = 0; Object.values(stirring).some((count) => count > 0); turn++) {
    if (signal?.aborted) return;
    if (Date.now() > patience) {
      throw refuse("clock", {
        en: `nothing has moved for four minutes: ${JSON.stringify(stirring)}`,
        "zh-CN": `四分钟内没有进展：${JSON.stringify(stirring)}`,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs(stirring, turn)));
    const before = JSON.stringify(stirring);
    stirring = await surely(() => stir(db));
    if (JSON.stringify(stirring) !== before) patience = Date.now() + STANDSTILL_MS;
  }
}

/** Looking costs the database something: seldom while there is much to do, often when it must be over soon. */
function lookAgainMs({ events, messages, stimuli }: Stir, turn: number): number {
  const rows = events + messages + stimuli;
  return Math.max(Math.min(3 + turn, 20), Math.min(rows / 10, 1_000));
}

/** The world stands still while the database is away. */
function surely<T>(what: () => Promise<T>): Promise<T> {
  return patiently(what, isUnreachable);
}

/** With many people there is something to do in every slot; fewer slots then save more stops than anybody misses. */
async function slotMinutes(db: Database, run: string): Promise<number> {
  const { rows } = await sql<{ many: boolean }>`
    select count(*) > 1000 as many from enrolments where run = ${run}`.execute(db);
  return rows[0]!.many ? 120 : 30;
}

async function lengthInDays(db: Database, run: string): Promise<number> {
  const { rows } = await sql<{
    days: number;
  }>`select coalesce(sum(days), 91)::int as days from run_phases where run = ${run}`.execute(db);
  return rows[0]!.days;
}
