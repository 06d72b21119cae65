import { readFileSync, readdirSync } from "node:fs";
import { sql } from "kysely";
import type { Database } from "../../src/store/database.ts";

const TICKS = 100;

/** Seconds of processor that processes have used up; 0 where the system does not say. */
export function usedBy(pids: number[]): number {
  return pids.reduce((sum, pid) => sum + (statOf(pid)?.used ?? 0), 0);
}

/** The processes of the Postgres that we are connected to, as they are whenever it is asked; none where it is elsewhere. */
export async function backendsOf(db: Database): Promise<() => number[]> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
  const first = statOf(rows[0]!.pid)?.parent;
  return () => (first === undefined ? [] : [first, ...processes().filter((pid) => statOf(pid)?.parent === first)]);
}

function processes(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Megabytes of memory that a process holds. */
export function memoryOf(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? NaN) / 1024;
  } catch {
    return NaN;
  }
}

function statOf(pid: number): { parent: number; used: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // the command's name, in parentheses, may itself hold spaces and parentheses
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // its own time, and that of children that have ended
    const used = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0) / TICKS;
    return { parent: Number(fields[1]), used };
  } catch {
    return undefined;
  }
}
