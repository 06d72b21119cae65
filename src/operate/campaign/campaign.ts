import { sql } from "kysely";
import type { Phase, Program, Target, Text, Trigger } from "../../campaign/program.ts";
import { triggerOf } from "../../campaign/trigger.ts";
import { nearest, absent } from "../../fault.ts";
import { type AppliedProgram, loadDefinition, loadPrograms } from "../../store/campaign.ts";
import { type Database, snapshot, type Tx } from "../../store/database.ts";
import { loadDocument } from "../../store/document.ts";
import type { RunStatus } from "../../store/run.ts";

/** One applied campaign among the others. */
export interface CampaignLine extends AppliedProgram {
  id: string;
  name: Text;
  trigger: Trigger["kind"];
  /** its latest; null: never launched */
  run: { id: string; status: RunStatus; launched: Date } | null;
}

/** Applied campaigns by id, those after `after`. */
export async function listCampaigns(db: Database, { after, limit }: { after?: string; limit: number }) {
  const { rows } = await sql<Omit<CampaignLine, "trigger"> & { trigger: Trigger["kind"] | null }>`
    select c.id, d.body -> 'name' as name, c.program, c.applied_at as applied, c.applied_by as "appliedBy",
      c.approved_at as approved, c.approved_by as "approvedBy", d.body #>> '{trigger,kind}' as trigger,
      (select jsonb_build_object('id', r.id, 'status', r.status, 'launched', r.launched_at) from runs r
       where r.campaign = c.id order by r.launched_at desc, r.id desc limit 1) as run
    from campaigns c join documents d on d.hash = c.program
    where ${after ?? null}::text is null or c.id > ${after ?? null}
    order by c.id limit ${limit}`.execute(db);
  return rows.map(({ run, ...row }): CampaignLine => ({
    ...row,
    trigger: row.trigger ?? "manual",
    run: run && { ...run, launched: new Date(run.launched) },
  }));
}

/** An applied campaign, as runs are launched with it. Money in minor units of `currency`. */
export interface AppliedCampaign extends AppliedProgram {
  id: string;
  name: Text;
  timezone: string;
  currency: string;
  trigger: Trigger;
  segment: string | null;
  list: string | null;
  phases: Phase[];
  /** root steps of its journey */
  steps: string[];
  targets: Target[];
  /** latest first, at most a hundred */
  runs: { id: string; status: RunStatus; program: string; launched: Date; closed: Date | null }[];
  /** everything that it was applied as, latest first, at most a hundred: what runs can be migrated to */
  programs: AppliedProgram[];
  /** as its author wrote it; null where it was applied before that was kept */
  definition: unknown;
}

/**
 * @returns with the hash of the definition, that says whether somebody else has changed it meanwhile
 * @throws InputError that names the nearest applied campaign when there is no such one
 */
export async function showCampaign(db: Database, id: string): Promise<{ campaign: AppliedCampaign; hash: string }> {
  return snapshot(db, async (tx) => {
    const { rows } = await sql<AppliedProgram>`
      select program, applied_at as applied, applied_by as "appliedBy", approved_at as approved, approved_by as "approvedBy"
      from campaigns where id = ${id}`.execute(tx);
    const found = rows[0];
    if (!found) throw await notApplied(tx, id);
    const program = await loadDocument<Program>(tx, found.program);
    const { name, timezone, currency, audience, phases, roots, goal } = program;
    const runs = await sql<AppliedCampaign["runs"][number]>`
      select id, status, program, launched_at as launched, closed_at as closed from runs
      where campaign = ${id} order by launched_at desc, id desc limit 100`.execute(tx);
    const applied = (await loadDefinition(tx, id))!;
    const campaign = {
      ...{ id, name, ...found, timezone, currency, trigger: triggerOf(program) },
      segment: audience.segment ?? null,
      list: audience.list ?? null,
      phases,
      steps: roots,
      targets: goal.targets,
      runs: runs.rows,
      programs: await loadPrograms(tx, id, 100),
      definition: applied.definition,
    };
    return { campaign, hash: applied.hash };
  });
}

/** What is said of a campaign that cannot be launched or shown since nobody has applied it. */
export async function notApplied(db: Database | Tx, id: string) {
  const { rows } = await sql<{ id: string }>`select id from campaigns order by id limit 1000`.execute(db);
  const known = rows.map((row) => row.id);
  const near = nearest(id, known);
  const apply = `rekindle campaign apply ${id}`;
  return absent(
    id,
    {
      en: `no such campaign is applied; if it is in rules/: ${apply}`,
      "zh-CN": `没有已应用的这个活动；若已在 rules/ 中，请先运行：${apply}`,
    },
    near,
  );
}
