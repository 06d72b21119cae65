import { sql } from "kysely";
import type { Phase, Program, Target, Text } from "../campaign/program.ts";
import { nearest, absent } from "../fault.ts";
import type { Database, Tx } from "../store/database.ts";
import { loadDocument } from "../store/document.ts";

/** An applied campaign, as runs are launched with it. Money in minor units of `currency`. */
export interface AppliedCampaign {
  id: string;
  name: Text;
  /** hash of its program */
  program: string;
  applied: Date;
  approvedBy: string | null;
  timezone: string;
  currency: string;
  segment: string | null;
  list: string | null;
  phases: Phase[];
  /** root steps of its journey */
  steps: string[];
  targets: Target[];
  /** latest first, at most a hundred */
  runs: { id: string; status: string; program: string; launched: Date; closed: Date | null }[];
}

/** @throws InputError that names the nearest applied campaign when there is no such one */
export async function showCampaign(db: Database, id: string): Promise<AppliedCampaign> {
  const { rows } = await sql<{ program: string; applied: Date; approvedBy: string | null }>`
    select program, applied_at as applied, approved_by as "approvedBy" from campaigns where id = ${id}`.execute(db);
  const found = rows[0];
  if (!found) throw await notApplied(db, id);
  const { name, timezone, currency, audience, phases, roots, goal } = await loadDocument<Program>(db, found.program);
  const runs = await sql<AppliedCampaign["runs"][number]>`
    select id, status, program, launched_at as launched, closed_at as closed from runs
    where campaign = ${id} order by launched_at desc, id desc limit 100`.execute(db);
  return {
    id,
    name,
    ...found,
    timezone,
    currency,
    segment: audience.segment ?? null,
    list: audience.list ?? null,
    phases,
    steps: roots,
    targets: goal.targets,
    runs: runs.rows,
  };
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
