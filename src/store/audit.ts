import { sql } from "kysely";
import { CLOCK_NOW } from "./clock.ts";
import type { Database } from "./database.ts";

/** Somebody's change, or what they took out. */
export interface Act {
  who: string;
  /** "command": somebody at the machine; "nobody": not known, as before signing in */
  kind: "key" | "session" | "command" | "nobody";
  role?: string;
  door: "api" | "cli";
  /** "PUT /v1/campaigns/{id}", "campaign apply" */
  action: string;
  /** what it was done to: ids, names of definitions, counts; no personal data, no secrets */
  target: Target;
  /** id of the request */
  request?: string;
}

export type Target = Record<string, string | number | boolean | null | string[]>;

/** refused: the input was wrong, nothing was done; failed: something broke; denied: they may not */
export type ActOutcome = "done" | "refused" | "failed" | "denied";

/**
 * Does what may only be done with an entry: one before, without which nothing begins, and one after that says what came
 * of it. An act whose second entry is missing was cut off by a crash.
 * @param work adds by `note` to the target what is known only by doing it
 * @param came what came of work that threw
 */
export async function audited<T>(
  db: Database,
  act: Act,
  work: (note: (more: Target) => void) => Promise<T>,
  came: (failure: unknown) => ActOutcome,
): Promise<T> {
  const begun = await enter(db, act);
  const target: Target = {};
  let result: T;
  try {
    result = await work((more) => void Object.assign(target, more));
  } catch (failure) {
    await end(came(failure));
    throw failure;
  }
  await end("done");
  return result;

  // what came of the work is what the asker hears, also where the log cannot be reached any more
  async function end(outcome: ActOutcome): Promise<void> {
    await enter(db, { ...act, target }, outcome, begun).catch(() => undefined);
  }
}

/** One entry, in a transaction of its own: entries wait in line for one another. @returns its number */
export async function enter(db: Database, act: Act, outcome?: ActOutcome, begun?: number): Promise<number> {
  const { rows } = await sql<{ nr: number }>`
    insert into audit (nr, begun, at, wall, who, kind, role, door, action, target, outcome, request, hash)
    select 0, ${begun ?? null}, ${CLOCK_NOW}, clock_timestamp(), ${act.who}, ${act.kind},
      ${act.role ?? null}, ${act.door}, ${act.action}, ${JSON.stringify(act.target)}::jsonb, ${outcome ?? null}, ${act.request ?? null}, ''
    from clock returning nr`.execute(db);
  return rows[0]!.nr;
}
