import { sql } from "kysely";
import { inMinutes } from "../../campaign/duration.ts";
import type { Program, Rule } from "../../campaign/program.ts";
import { isStanding, triggerOf } from "../../campaign/trigger.ts";
import { variablesOf } from "../../rule/ast.ts";
import { holds } from "../../rule/evaluate.ts";
import { takenElsewhere } from "../audience.ts";
import type { Tx } from "../database.ts";
import { loadFacts } from "../facts.ts";

/** Somebody whom a trigger brings. */
export interface Joiner {
  customer: number;
  /** tells enrolments of one customer apart: value of `enrolBy`, day of a date, time of a segment's change */
  key: string;
  /** what rules and templates call trigger.* */
  trigger: Record<string, unknown>;
}

/** Why somebody does not join. */
export type Refusal = "over" | "audience" | "entered-before" | "elsewhere" | "full" | "too-large";

/** What keeps each of these customers (locked, each of them once) out, in their order; undefined: nothing. */
export async function refusals(
  tx: Tx,
  run: string,
  program: Program,
  joiners: Joiner[],
  at: Date,
): Promise<(Refusal | undefined)[]> {
  const { rule, exclude, exitWhen } = program.audience;
  const outside = [exclude, exitWhen].filter((one) => one !== undefined);
  const customers = joiners.map((joiner) => joiner.customer);
  const facts = await loadFacts(tx, {
    customers,
    variables: [rule, ...outside].flatMap(variablesOf),
    asOf: at,
    homeZone: program.timezone,
  });
  const earlier = await earlierEntries(tx, run, program, joiners, at);
  return joiners.map(({ customer }, i) => {
    const known = facts.get(customer);
    const isIn = (one: Rule) => known !== undefined && holds(one, (name) => known[name]);
    if (!isIn(rule) || outside.some(isIn)) return "audience";
    if (earlier[i]!.before) return "entered-before";
    return earlier[i]!.elsewhere ? "elsewhere" : undefined;
  });
}

/**
 * Without `reentry` a customer enters once; where keys tell enrolments apart, once under each. With it, again under any key
 * as soon as so long has passed since the latest entry, unless an enrolment under the same key is still under way.
 */
async function earlierEntries(tx: Tx, run: string, program: Program, joiners: Joiner[], at: Date) {
  const { reentry } = program.audience;
  const restart = reentry ? inMinutes(reentry) : null;
  const { perKey, onceUnderKey } = keysOf(program);
  const rows = joiners.map(({ customer, key }, nr) => ({ nr, customer, key }));
  const found = await sql<{ nr: number; before: boolean; elsewhere: boolean }>`
    select j.nr, exists (
        select 1 from enrolments e join runs r on r.id = e.run
        where e.customer = c.id and e.campaign = ${program.campaign} and (
          e.entered_at + make_interval(mins => ${restart}::int) > ${at}
          or (e.key = j.key or not ${perKey}) and (
            ${restart}::int is null or e.status = 'live' and e.arm = 'treatment' and r.status not in ('closed', 'stopped'))
          or ${onceUnderKey} and e.run = ${run} and e.key = j.key)
      ) or exists (
        select 1 from entries w join runs r on r.id = w.run
        where w.customer = c.id and w.status = 'waiting' and r.campaign = ${program.campaign}
          and (w.key = j.key or not ${perKey})
      ) as before, ${takenElsewhere(program, at)} as elsewhere
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as j (nr int, customer bigint, key text)
    join customers c on c.id = j.customer`.execute(tx);
  const byNumber = new Map(found.rows.map((row) => [row.nr, row]));
  return joiners.map((_, nr) => byNumber.get(nr) ?? { before: false, elsewhere: false });
}

/** What a key stands for: something of its own to enrol for, and whether it comes only once. */
function keysOf(program: Program): { perKey: boolean; onceUnderKey: boolean } {
  const trigger = triggerOf(program);
  if (trigger.kind === "event") return { perKey: trigger.enrolBy !== undefined, onceUnderKey: false };
  return { perKey: trigger.kind === "date", onceUnderKey: isStanding(program) };
}
