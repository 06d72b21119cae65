/** What of a pool of connections is watched; `pg.Pool` has it. */
interface Pool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly ended: boolean;
}

const pools = new Set<Pool>();

/** Counts a pool until it has ended. */
export function watchPool(pool: Pool): void {
  pools.add(pool);
}

/** Connections of all pools of this process, and who waits for one. */
export function connections(): { idle: number; busy: number; waiting: number } {
  const sum = { idle: 0, busy: 0, waiting: 0 };
  for (const pool of pools) {
    if (pool.ended) pools.delete(pool);
    sum.idle += pool.idleCount;
    sum.busy += pool.totalCount - pool.idleCount;
    sum.waiting += pool.waitingCount;
  }
  return sum;
}
