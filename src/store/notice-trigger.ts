import { sql } from "kysely";
import type { Tx } from "./database.ts";

interface Watch {
  table: string;
  on: "insert" | "update" | "delete";
}

/** What other systems can be told, and the change of a row that says it. */
const WATCHES = {
  enrolled: { table: "enrolments", on: "insert" },
  ended: { table: "enrolments", on: "update" },
  converted: { table: "conversions", on: "insert" },
  unconverted: { table: "conversions", on: "delete" },
  "message.accepted": { table: "messages", on: "update" },
  "message.rejected": { table: "messages", on: "update" },
  "message.unknown": { table: "messages", on: "update" },
  "message.withheld": { table: "messages", on: "update" },
  "task.created": { table: "tasks", on: "insert" },
  "task.done": { table: "tasks", on: "update" },
  "task.overdue": { table: "tasks", on: "update" },
  "task.closed": { table: "tasks", on: "update" },
  "budget.spent": { table: "tasks", on: "insert" },
  "coupon.issued": { table: "coupons", on: "update", also: "insert" },
  "coupon.redeemed": { table: "coupons", on: "update" },
  "coupon.released": { table: "coupons", on: "update" },
  "coupon.expired": { table: "coupons", on: "update" },
  "gift.granted": { table: "gifts", on: "insert" },
  "points.granted": { table: "points", on: "insert" },
  "complaint.opened": { table: "complaints", on: "insert" },
  "complaint.solved": { table: "complaints", on: "update" },
  "run.launched": { table: "runs", on: "insert" },
  "run.paused": { table: "runs", on: "update" },
  "run.resumed": { table: "runs", on: "update" },
  "run.measuring": { table: "runs", on: "update" },
  "run.closed": { table: "runs", on: "update" },
  "run.stopped": { table: "runs", on: "update" },
} as const satisfies Record<string, Watch & { also?: Watch["on"] }>;

export type NoticeType = keyof typeof WATCHES;
export const NOTICE_TYPES = Object.keys(WATCHES) as NoticeType[];

/** The rows that triggers may see, by what happened to them. */
const SEEN = {
  insert: sql`new table as became`,
  update: sql`old table as was new table as became`,
  delete: sql`old table as was`,
};

/**
 * Puts triggers on the tables that subscriptions ask for and takes them off the others, so that changes of rows that
 * nobody subscribes to cost nothing. The caller holds the lock of `lockWatches`.
 */
export async function setWatches(tx: Tx, { drop }: { drop: boolean }): Promise<void> {
  const { rows: asked } = await sql<{ type: NoticeType }>`
    select distinct unnest(types) as type from subscriptions`.execute(tx);
  const wanted = new Set(asked.flatMap(({ type }) => watchesOf(type)).map(nameOf));
  const { rows: there } = await sql<{ name: string }>`
    select tgname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.relnamespace = current_schema()::regnamespace and starts_with(tgname::text, 'tell_')`.execute(tx);
  const present = new Set(there.map(({ name }) => name));
  const all = NOTICE_TYPES.flatMap(watchesOf);
  for (const watch of new Map(all.map((one) => [nameOf(one), one])).values()) {
    const name = nameOf(watch);
    if (wanted.has(name) && !present.has(name)) await put(tx, watch);
    if (drop && !wanted.has(name) && present.has(name)) {
      await sql`drop trigger ${sql.id(name)} on ${sql.id(watch.table)}`.execute(tx);
    }
  }
}

/**
 * One process at a time looks who asks for what. To put a trigger on a table waits for whoever writes it, and others wait
 * behind: not for long, then it is given up (55P03) and may be tried again.
 */
export async function lockWatches(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('rekindle watches'), hashtext(current_schema()))`.execute(tx);
  await sql`set local lock_timeout = '2s'`.execute(tx);
}

async function put(tx: Tx, { table, on }: Watch): Promise<void> {
  await sql`
    create trigger ${sql.id(nameOf({ table, on }))} after ${sql.raw(on)} on ${sql.id(table)} referencing ${SEEN[on]}
    for each statement execute function ${sql.id(`tell_of_${table}`)}()`.execute(tx);
}

function watchesOf(type: NoticeType): Watch[] {
  const watch: (Watch & { also?: Watch["on"] }) | undefined = WATCHES[type];
  if (!watch) return []; // of a later version
  const { table, on, also } = watch;
  return also
    ? [
        { table, on },
        { table, on: also },
      ]
    : [{ table, on }];
}

function nameOf({ table, on }: Watch): string {
  return `tell_${table}_${on}`;
}
