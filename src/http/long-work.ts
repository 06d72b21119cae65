import { Problem } from "./problem.ts";

export interface LongWork {
  /** @throws Problem 503 when it would have to wait too long for its turn */
  <T>(work: () => Promise<T>): Promise<T>;
}

/** Of the database's connections, events must always find one. */
const AT_ONCE = 2;
const PATIENCE_MS = 30_000;

/**
 * Lets through only so many pieces of long work at a time: launches, plans and reports of large audiences keep a
 * connection for as long as they take. Others stand in line, in order. Each kind of work has a line of its own.
 */
export function openLongWork(atOnce = AT_ONCE, patienceMs = PATIENCE_MS): LongWork {
  let free = atOnce;
  const line: (() => void)[] = [];

  async function turn(): Promise<void> {
    if (free > 0) return void (free -= 1);
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        line.splice(line.indexOf(enter), 1);
        reject(
          new Problem(503, "busy", {
            en: "other long work is under way; try again",
            "zh-CN": "其他耗时操作正在进行，请稍后重试",
          }),
        );
      }, patienceMs);
      line.push(enter);
    });
  }

  return async (work) => {
    await turn();
    try {
      return await work();
    } finally {
      const next = line.shift();
      if (next) next();
      else free += 1;
    }
  };
}
