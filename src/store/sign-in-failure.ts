import { sql } from "kysely";
import type { Database, Tx } from "./database.ts";

/** What sign-ins are counted by, as a hash, and how many may fail before each further one makes the next wait. */
export interface Counted {
  what: string;
  free: number;
}

const LONGEST_LOCK_S = 900;

/**
 * Counts a sign-in as failed before it is tried, so that many at once cannot all be tried; `forgive` takes it back.
 * Times are wall time. After the free ones each failure doubles the wait, up to 15 minutes; a day without one forgets.
 * @returns seconds to wait, when it may not be tried at all (then it is not counted); 0: try
 */
export async function countSignIn(tx: Tx, counted: Counted[]): Promise<number> {
  const what = counted.map((one) => one.what);
  await sql`
    insert into sign_in_failures (what, failures, last_at, locked_until)
    select w, 0, t, t from unnest(${what}::text[]) w, clock_timestamp() t order by w on conflict do nothing`.execute(
    tx,
  );
  const { rows } = await sql<{ what: string; failures: number; waits: number }>`
    select what, case when last_at < clock_timestamp() - interval '1 day' then 0 else failures end as failures,
      greatest(ceil(extract(epoch from locked_until - clock_timestamp())), 0)::int as waits
    from sign_in_failures where what = any(${what}::text[]) order by what for update`.execute(tx);
  const waits = Math.max(...rows.map((row) => row.waits));
  if (waits > 0) return waits;
  const next = rows.map((row) => {
    const failures = row.failures + 1;
    const over = failures - counted.find((one) => one.what === row.what)!.free;
    return { what: row.what, failures, lock: over < 0 ? 0 : Math.min(2 ** Math.min(over, 20), LONGEST_LOCK_S) };
  });
  await sql`
    update sign_in_failures f
    set failures = n.failures, last_at = t, locked_until = t + make_interval(secs => n.lock)
    from jsonb_to_recordset(${JSON.stringify(next)}::jsonb) as n (what text, failures int, lock int), clock_timestamp() t
    where f.what = n.what`.execute(tx);
  return 0;
}

/** The user's failures are forgotten; the address, which may be guessing at others too, is only given back this one. */
export async function forgive(tx: Database | Tx, user: string, address?: string): Promise<void> {
  await sql`delete from sign_in_failures where what = ${user}`.execute(tx);
  if (address === undefined) return;
  await sql`
    update sign_in_failures set failures = greatest(failures - 1, 0), locked_until = clock_timestamp()
    where what = ${address}`.execute(tx);
  await sql`delete from sign_in_failures where last_at < clock_timestamp() - interval '1 day'`.execute(tx);
}
