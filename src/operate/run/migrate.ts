import { sql } from "kysely";
import { ENDED, type Enrolment, pack } from "../../campaign/enrolment.ts";
import { carry, passage, type Passage, renamed, type Renames } from "../../campaign/migrate.ts";
import type { Program } from "../../campaign/program.ts";
import { minuteOf, now } from "../../store/clock.ts";
import { numberStimuli, takeCohortRecord } from "../../store/cohort-record.ts";
import { type Database, transaction, type Tx } from "../../store/database.ts";
import { lockRunMembers, moveRun, renameSteps } from "../../store/migration.ts";
import { loadRun } from "../../store/run.ts";
import { cohortWorkflowId, type Temporal } from "../../temporal/client.ts";
import { endWorkflow } from "../../temporal/running.ts";
import { cohortInput, startCohort } from "../../temporal/start.ts";
import { insertMeans } from "./launch.ts";
import { checkMigration, findProgram, stuckFault } from "./migrate-check.ts";
import { rebuildCohort } from "./rebuild-cohort.ts";

export interface MigrateOptions {
  run: string;
  /** hash of a program of the same campaign, or its beginning; "latest": as it is applied now */
  to: string;
  /** old step id -> new one */
  renames: Renames;
  /** only say what would happen */
  preview: boolean;
}

export interface Migrated {
  run: string;
  was: string;
  became: string;
  preview: boolean;
  /** members under way */
  members: number;
  /** by where they stand, in the old program's words, and where that is in the new one; null: nowhere */
  places: { from: string; to: string | null; members: number }[];
}

interface Cohort {
  cohort: number;
  states: Enrolment[];
  last: number;
  open: boolean | undefined;
}

class Preview extends Error {}

/**
 * Takes a run's members over to another program of the same campaign, each at the place where they stand: workflows are
 * ended and started again with the new program. All or nobody; what was decided stays decided. Safe to repeat when it
 * was interrupted.
 * @throws InputError when somebody stands where the new program has no such place, or run or program do not allow it
 */
export async function migrateRun(
  db: Database,
  temporal: Temporal | undefined,
  schema: string,
  options: MigrateOptions,
): Promise<Migrated> {
  let migrated: Migrated | undefined;
  try {
    await transaction(db, async (tx) => {
      const run = await loadRun(tx, options.run, "for update");
      const target = await findProgram(tx, run, options.to);
      const programs = await checkMigration(tx, run, target, options.renames);
      await lockRunMembers(tx, run.id);
      const way = passage(programs.from, programs.to, options.renames);
      const cohorts = await standing(tx, run.id, programs.from);
      migrated = {
        run: run.id,
        was: run.program,
        became: target,
        preview: options.preview,
        ...tally(cohorts, programs, way),
      };
      if (options.preview) throw new Preview();
      const stuck = migrated.places.filter((place) => place.to === null);
      if (stuck.length > 0) throw stuckFault(stuck, programs.to);
      await moveRun(tx, {
        run,
        target,
        ...programs,
        members: migrated.members,
        at: await now(tx),
        renames: options.renames,
      });
      await insertMeans(tx, programs.to, run.id);
      await renameSteps(tx, run.id, renamesOfOps(programs.from, options.renames));
      for (const cohort of cohorts) await replace(tx, temporal!, schema, run.id, cohort, way);
    });
  } catch (error) {
    if (!(error instanceof Preview)) throw error;
  }
  return migrated!;
}

/** All members as their workflows hold them, with everything that was said to them already heard. */
async function standing(tx: Tx, run: string, program: Program): Promise<Cohort[]> {
  const at = await now(tx);
  const { rows } = await sql<{ cohort: number }>`
    select cohort from cohorts where run = ${run} and status = 'live' order by cohort`.execute(tx);
  const cohorts: Cohort[] = [];
  for (const { cohort } of rows) {
    await numberStimuli(tx, run, cohort);
    const record = await takeCohortRecord(tx, run, cohort, at);
    const input = (await cohortInput(tx, run, cohort))!;
    const { members, open } = rebuildCohort({ code: program.code, zone: input.zone }, input, record, minuteOf(at));
    cohorts.push({ cohort, states: members, last: record.last, open: input.open && open });
  }
  return cohorts;
}

function tally(cohorts: Cohort[], { to }: { to: Program }, way: Passage): Pick<Migrated, "members" | "places"> {
  const counts = new Map<string, Migrated["places"][number]>();
  let members = 0;
  for (const enrolment of cohorts.flatMap((cohort) => cohort.states)) {
    if (enrolment.status === ENDED) continue;
    members += 1;
    for (const { pc } of enrolment.threads) {
      const from = way.name(pc);
      const target = way.pc(pc);
      const place = counts.get(from) ?? { from, to: target === undefined ? null : to.places![target]!, members: 0 };
      place.members += 1;
      counts.set(from, place);
    }
  }
  return { members, places: [...counts.values()] };
}

async function replace(
  tx: Tx,
  temporal: Temporal,
  schema: string,
  run: string,
  cohort: Cohort,
  way: Passage,
): Promise<void> {
  const states = cohort.states.map((enrolment) => {
    const there =
      enrolment.status === ENDED ? { ...enrolment, threads: [], registers: zeros(way.count) } : carry(enrolment, way);
    if ("stuck" in there) throw new Error(`nobody was to stand at ${there.stuck}`);
    return pack(there);
  });
  const base = { states, last: cohort.last };
  await sql`update cohorts set base = ${JSON.stringify(base)}::jsonb where run = ${run} and cohort = ${cohort.cohort}`.execute(
    tx,
  );
  await endWorkflow(temporal, cohortWorkflowId(schema, run, cohort.cohort));
  // its first steps wait for the locks of this transaction
  const input = (await cohortInput(tx, run, cohort.cohort))!;
  await startCohort(temporal, schema, {
    ...input,
    ...(cohort.open !== undefined && { open: cohort.open }),
    last: cohort.last,
    states,
  });
}

function zeros(count: number): number[] {
  return new Array<number>(count).fill(0);
}

/** Ops whose name changes with their step's. */
function renamesOfOps(from: Program, renames: Renames): Map<string, string> {
  return new Map(
    Object.keys(from.steps).flatMap((name): [string, string][] => {
      const other = renamed(name, renames);
      return other === name ? [] : [[name, other]];
    }),
  );
}
