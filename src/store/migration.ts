import { sql } from "kysely";
import { renamed, type Renames } from "../campaign/migrate.ts";
import type { Program } from "../campaign/program.ts";
import type { Tx } from "./database.ts";
import { lockGates } from "./phase.ts";
import type { Run } from "./run.ts";

/** Holds everybody who is under way in a run, and its gates: whoever would tell them something waits, and then sees the new program. */
export async function lockRunMembers(tx: Tx, run: string): Promise<void> {
  await sql`
    select 1 from enrolments where run = ${run} and arm = 'treatment' and status = 'live' order by id for no key update`.execute(
    tx,
  );
  await lockGates(tx, run);
}

export interface Move {
  run: Run;
  /** document hash */
  target: string;
  from: Program;
  to: Program;
  members: number;
  renames: Renames;
  at: Date;
}

/** The run goes by the other program from now on; positions are those of the same steps there. */
export async function moveRun(tx: Tx, { run, target, from, to, members, renames, at }: Move): Promise<void> {
  const { exclusive, exitWhen } = to.audience;
  await sql`
    update runs set program = ${target}, exclusive_group = ${exclusive?.group ?? null}, priority = ${exclusive?.priority ?? 0},
      exits = ${exitWhen !== undefined}
    where id = ${run.id}`.execute(tx);
  await sql`
    insert into run_migrations (run, at, was, became, members)
    values (${run.id}, ${at}, ${run.program}, ${target}, ${members})`.execute(tx);
  const roots = from.roots.map((id) => to.roots.indexOf(renamed(id, renames)));
  // a root step that is gone: members count as being at the one before it
  const positions = roots.map((root, old) => (root >= 0 ? root : Math.max(0, ...roots.slice(0, old))));
  await sql`
    update enrolments e set position = p.became
    from unnest(${positions.map((_, old) => old)}::int[], ${positions}::int[]) as p (was, became)
    where e.run = ${run.id} and e.position = p.was and p.was <> p.became`.execute(tx);
}

/** Open waits and calls go by the new names of their ops. */
export async function renameSteps(tx: Tx, run: string, ops: ReadonlyMap<string, string>): Promise<void> {
  if (ops.size === 0) return;
  const [was, became] = [[...ops.keys()], [...ops.values()]];
  await sql`
    update waits w set step = o.became
    from enrolments e, unnest(${was}::text[], ${became}::text[]) as o (was, became)
    where e.id = w.enrolment and e.run = ${run} and w.status = 'open' and w.kind <> 'goal' and w.step = o.was`.execute(
    tx,
  );
  await sql`
    update tasks t set step = o.became
    from unnest(${was}::text[], ${became}::text[]) as o (was, became)
    where t.run = ${run} and t.status = 'open' and t.step = o.was`.execute(tx);
}
