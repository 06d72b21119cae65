import { sql } from "kysely";
import { type Minute } from "../../campaign/program.ts";
import { minuteOf } from "../../store/clock.ts";
import type { Database } from "../../store/database.ts";
import type { Agenda } from "./agenda.ts";
import * as behaviour from "./behaviour.ts";

interface OpenTask {
  id: string;
  kind: "plan" | "call" | "watch" | "complaint" | "budget";
  attempts: number;
  created_at: Date;
  due_at: Date | null;
}

/** What a rep types: `rekindle task done …`. */
export type TaskCommand = (words: string[]) => Promise<void>;

/** Simulated reps: they look at the list of open tasks and work through it with the ordinary command. */
export class Reps {
  private readonly known = new Set<string>();
  private readonly seed: number;
  private readonly agenda: Agenda;
  private readonly command: TaskCommand;
  private readonly outcomes: string[];
  /** calls of a slot with the same outcome are typed in one go */
  private readonly batches = new Map<string, string[]>();

  /** `outcomes`: what a call may come to, the best first, "nobody there" last */
  constructor(seed: number, agenda: Agenda, command: TaskCommand, outcomes: string[]) {
    this.seed = seed;
    this.agenda = agenda;
    this.command = command;
    this.outcomes = outcomes;
  }

  async look(db: Database, run: string, now: Minute): Promise<void> {
    const { rows } = await sql<OpenTask>`
      select id, kind, attempts, created_at, due_at from tasks where run = ${run} and status = 'open'`.execute(db);
    for (const task of rows) {
      const key = `${task.id}#${task.attempts}`;
      if (this.known.has(key)) continue;
      this.known.add(key);
      if (task.kind === "call") this.planCall(task, now);
      else this.planWork(task, now);
    }
  }

  private planCall(task: OpenTask, now: Minute): void {
    const from = Math.max(now, minuteOf(task.created_at));
    const call = behaviour.call(this.seed, task.id, task.attempts, from, this.outcomes);
    if (call) this.together(call.at, task.id, ["--outcome", call.outcome, "--by", "rep"]);
  }

  private together(at: Minute, task: string, words: string[]): void {
    const key = `${this.agenda.slotOf(at)} ${words.join(" ")}`;
    const batch = this.batches.get(key);
    if (batch) return void batch.push(task);
    const tasks = [task];
    this.batches.set(key, tasks);
    this.agenda.add(at, () => {
      this.batches.delete(key);
      return this.command([...tasks, ...words]);
    });
  }

  /** Plan rows are finished in the afternoon of their last day. */
  private planWork(task: OpenTask, now: Minute): void {
    const due = task.due_at ? minuteOf(task.due_at) - 8 * 60 : now + behaviour.DAY;
    this.together(Math.max(now + 30, due), task.id, ["--by", "planner"]);
  }
}
