import { sql } from "kysely";
import { absent, nearest } from "../fault.ts";
import type { Database, Tx } from "../store/database.ts";

/**
 * Run by its id ("winback-30-1"), or a campaign's latest run by the campaign's id.
 * @throws InputError that names the nearest known run
 */
export async function findRun(db: Database | Tx, name: string): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    select id from runs where id = ${name} or campaign = ${name}
    order by (id = ${name}) desc, launched_at desc, id desc limit 1`.execute(db);
  if (rows[0]) return rows[0].id;
  const known = await sql<{ id: string }>`select id from runs order by launched_at desc limit 1000`.execute(db);
  const hint = nearest(
    name,
    known.rows.map((row) => row.id),
  ) ?? {
    en: "nothing has been launched yet: rekindle campaign run CAMPAIGN",
    "zh-CN": "尚未启动任何活动：rekindle campaign run CAMPAIGN",
  };
  throw absent("RUN", { en: `no run "${name}"`, "zh-CN": `没有名为 "${name}" 的运行` }, hint);
}
