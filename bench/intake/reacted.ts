import { sql } from "kysely";
import type { Database } from "../../src/store/database.ts";

const LOOK_MS = 20;

/** Resolves when everything stored has been reacted to. */
export async function allReacted(db: Database): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ left: boolean }>`
      select exists (select from events where reacted_at is null) as left`.execute(db);
    if (!rows[0]!.left) return;
    await pause(LOOK_MS);
  }
}

/** Every so many-th event by its id is looked after. */
const SAMPLE = 10;

/**
 * How long it takes from receiving an event until others can see its reaction, by looking every 20 ms: never too short,
 * and up to that much too long.
 */
export function watchReactions(db: Database): { stop(): Promise<Float64Array> } {
  const open = new Map<number, number>();
  const lags: number[] = [];
  let after: number | undefined;
  let stopping = false;

  async function look() {
    const { rows } = await sql<{ id: number; received: number; reacted: boolean; now: number }>`
      select id, extract(epoch from received_at)::float8 * 1000 as received, reacted_at is not null as reacted,
        extract(epoch from clock_timestamp())::float8 * 1000 as now
      from events
      where id = any(${[...open.keys()]}::bigint[]) or (id > ${after ?? 0} and id % ${sql.lit(SAMPLE)} = 0)`.execute(
      db,
    );
    for (const { id, received, reacted, now } of rows) {
      after = Math.max(after ?? 0, id);
      if (!reacted) open.set(id, received);
      else {
        open.delete(id);
        lags.push(now - received);
      }
    }
  }
  const loop = (async () => {
    const { rows } = await sql<{ last: number }>`select coalesce(max(id), 0) as last from events`.execute(db);
    after = rows[0]!.last;
    while (!stopping || open.size > 0) {
      await look();
      await pause(LOOK_MS);
    }
  })();
  return {
    async stop() {
      stopping = true;
      await loop;
      return Float64Array.from(lags).sort();
    },
  };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
