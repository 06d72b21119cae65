import type { Minute } from "../../src/campaign/program.ts";
import { setClock, timeOf } from "../../src/store/clock.ts";
import type { Database } from "../../src/store/database.ts";

/** The database's clock follows the slowest workflow: what all have behind them is past. */
export class Clock {
  private readonly db: Database;
  private readonly reached = new Map<string, Minute>();
  private shown = 0;

  constructor(db: Database, workflows: string[], start: Minute) {
    this.db = db;
    for (const id of workflows) this.reached.set(id, start);
  }

  reach(workflow: string, at: Minute): void {
    if (at > (this.reached.get(workflow) ?? Infinity)) this.reached.set(workflow, at);
  }

  end(workflow: string): void {
    this.reached.delete(workflow);
  }

  /** @returns whether it has moved */
  async follow(): Promise<boolean> {
    const slowest = Math.min(...this.reached.values());
    if (slowest === Infinity || slowest <= this.shown) return false;
    this.shown = slowest;
    await setClock(this.db, timeOf(slowest), 1);
    return true;
  }
}
