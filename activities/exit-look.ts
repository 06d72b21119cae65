import { sql } from "kysely";
import { DAY, localDay, minuteOfDay, toUtc, type Zone } from "../src/campaign/calendar.ts";
import type { Day, Minute, Program } from "../src/campaign/program.ts";
import { toSql } from "../src/rule/sql.ts";
import { minuteOf, now } from "../src/store/clock.ts";
import { supersede } from "../src/store/conversion.ts";
import { lockCustomers } from "../src/store/customer.ts";
import { type Database, transaction, type Tx } from "../src/store/database.ts";
import { loadDocument } from "../src/store/document.ts";
import { loadRun, type Run } from "../src/store/run.ts";
import { insertStimuli } from "../src/store/stimulus.ts";
import { zoneAround } from "../src/store/zone.ts";

/** Local minute of day: what a new day changes has changed by then. */
const LOOK_AT = 5;
const PAGE = 500;

/**
 * Ends members who meet the campaign's `exitWhen` although no event of theirs has told: once a day per zone, at 00:05
 * local. @returns minutes until the next look; Infinity: the campaign has no such rule
 */
export async function lookAtExits(db: Database, runId: string): Promise<number> {
  const run = await loadRun(db, runId);
  const program = await loadDocument<Program>(db, run.program);
  const rule = program.audience.exitWhen;
  if (!rule || (run.status !== "running" && run.status !== "paused")) return Infinity;
  const at = await now(db);
  const minute = minuteOf(at);
  let next = Infinity;
  for (const { name, looked } of await zonesOf(db, runId)) {
    const zone = zoneAround(name, minute);
    const day = latestLook(zone, minute);
    next = Math.min(next, toUtc(zone, day + 1, LOOK_AT) - minute);
    if ((looked ?? localDay(zone, minuteOf(run.launchedAt))) >= day) continue;
    await endWhoMeet(db, run, program, name, rule);
    await sql`
      insert into daily_looks (run, zone, day) values (${runId}, ${name}, ${day})
      on conflict (run, zone) do update set day = greatest(daily_looks.day, excluded.day)`.execute(db);
  }
  return Math.max(1, next);
}

/** The latest local day of which it has been 00:05. */
function latestLook(zone: Zone, at: Minute): Day {
  return localDay(zone, at) - (minuteOfDay(zone, at) % DAY < LOOK_AT ? 1 : 0);
}

async function zonesOf(db: Database, run: string): Promise<{ name: string; looked: Day | null }[]> {
  const { rows } = await sql<{ name: string; looked: Day | null }>`
    select c.zone as name, d.day as looked
    from (select distinct zone from cohorts where run = ${run} and status <> 'ended') c
    left join daily_looks d on d.run = ${run} and d.zone = c.zone`.execute(db);
  return rows;
}

async function endWhoMeet(
  db: Database,
  run: Run,
  program: Program,
  zone: string,
  rule: NonNullable<Program["audience"]["exitWhen"]>,
) {
  const meets = async (tx: Database | Tx, only?: number[]) => {
    const at = await now(tx);
    const { rows } = await sql<{ id: number; customer: number; cohort: number; member: number; epoch: number }>`
      select e.id, e.customer, e.cohort, e.member, e.epoch
      from enrolments e join customers c on c.id = e.customer
      where e.run = ${run.id} and e.zone = ${zone} and e.status = 'live' and e.arm = 'treatment'
        and (${only ?? null}::bigint[] is null or e.id = any(${only ?? null}::bigint[]))
        and ${toSql(rule, { asOf: at, homeZone: program.timezone })}
      order by e.id`.execute(tx);
    return rows;
  };
  const found = await meets(db);
  for (let from = 0; from < found.length; from += PAGE) {
    const page = found.slice(from, from + PAGE);
    await transaction(db, async (tx) => {
      const ids = page.map((row) => row.id);
      await lockCustomers(
        tx,
        page.map((row) => row.customer),
      );
      await sql`select 1 from enrolments where id = any(${ids}::bigint[]) order by id for no key update`.execute(tx);
      // asked again: what was found may have changed before the locks were granted
      const still = await meets(tx, ids);
      const at = await now(tx);
      await supersede(
        tx,
        [],
        still.map((row) => row.id),
        at,
        "exit-when",
      );
      await insertStimuli(
        tx,
        still.map(({ cohort, member, epoch }) => ({
          run: run.id,
          cohort,
          member,
          stimulus: { kind: "convert" as const, at: minuteOf(at), epoch: epoch + 1, pc: -1 },
        })),
        at,
      );
    });
  }
}
