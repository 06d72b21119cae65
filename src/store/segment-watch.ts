import { sql } from "kysely";
import { type Ast, type Variable, variablesOf } from "../rule/ast.ts";
import { holds } from "../rule/evaluate.ts";
import type { Database, Tx } from "./database.ts";
import { hashOf } from "./document.ts";
import { loadFacts } from "./facts.ts";

/** A segment whose members are followed, and the rule that they were last compared with as a whole. */
export interface Watched {
  segment: string;
  rule: Ast;
  variables: Variable[];
}

const rules = new Map<string, { rule: Ast; variables: Variable[] }>();

/** Segments to be looked at again for customers whose events come: those of a schedule or a trigger. */
export async function loadWatched(db: Database | Tx): Promise<Watched[]> {
  const { rows } = await sql<{ segment: string; hash: string }>`
    select segment, hash from segment_rules where scheduled or triggers order by segment`.execute(db);
  const unknown = rows.filter(({ hash }) => !rules.has(hash));
  if (unknown.length > 0) {
    if (rules.size > 500) rules.clear();
    const { rows: found } = await sql<{ hash: string; rule: Ast }>`
      select hash, rule from segment_rules where hash = any(${rows.map(({ hash }) => hash)}::text[])`.execute(db);
    for (const { hash, rule } of found) rules.set(hash, { rule, variables: variablesOf(rule) });
  }
  // a rule that changed between the two queries is compared from the next time on
  return rows.flatMap(({ segment, hash }) => (rules.has(hash) ? [{ segment, ...rules.get(hash)! }] : []));
}

export async function loadSegmentRule(db: Database | Tx, segment: string): Promise<{ hash: string } | undefined> {
  const { rows } = await sql<{ hash: string }>`select hash from segment_rules where segment = ${segment}`.execute(db);
  return rows[0];
}

/** What members have now been compared with as a whole. */
export async function saveSegmentRule(tx: Database | Tx, segment: string, rule: Ast, at: Date): Promise<void> {
  await sql`
    insert into segment_rules (segment, rule, hash, looked_at)
    values (${segment}, ${JSON.stringify(rule)}::jsonb, ${hashOf(rule)}, ${at})
    on conflict (segment) do update
      set rule = excluded.rule, hash = excluded.hash, looked_at = excluded.looked_at`.execute(tx);
}

/** The schedule looks at these; those that nobody looks at any more are forgotten, their history stays. */
export async function saveScheduled(db: Database | Tx, segments: string[]): Promise<void> {
  await sql`update segment_rules set scheduled = segment = any(${segments}::text[])
    where scheduled <> (segment = any(${segments}::text[]))`.execute(db);
}

/** Campaigns are started by who comes into these or goes: changes are kept for them, and for no others. */
export async function saveTriggers(db: Database | Tx, segments: string[]): Promise<void> {
  await sql`update segment_rules set triggers = segment = any(${segments}::text[])
    where triggers <> (segment = any(${segments}::text[]))`.execute(db);
}

export interface Moves {
  entered: Move[];
  left: Move[];
  /** of both, how many campaigns wait for: rows in segment_changes */
  told: number;
}

/**
 * Compares customers, whom the caller has locked, with segments at a moment, and writes down who came and who went. The
 * lock makes each comparison the latest: nobody else can have newer facts and be overruled.
 */
export async function lookAtCustomers(
  tx: Tx,
  watched: Watched[],
  customers: number[],
  asking: { asOf: Date; homeZone: string },
): Promise<Moves> {
  if (watched.length === 0 || customers.length === 0) return { entered: [], left: [], told: 0 };
  const variables = [...new Map(watched.flatMap((each) => each.variables).map((one) => [one.name, one])).values()];
  const facts = await loadFacts(tx, { customers, variables, ...asking });
  const { rows } = await sql<{ segment: string; customer: number }>`
    select segment, customer from segment_members
    where customer = any(${customers}::bigint[]) and segment = any(${watched.map((each) => each.segment)}::text[])
      and left_at is null`.execute(tx);
  const inside = new Set(rows.map(({ segment, customer }) => `${segment} ${customer}`));
  const come: Move[] = [];
  const gone: Move[] = [];
  for (const { segment, rule } of watched) {
    for (const [customer, values] of facts) {
      const belongs = holds(rule, (name) => values[name]);
      if (belongs === inside.has(`${segment} ${customer}`)) continue;
      (belongs ? come : gone).push({ segment, customer });
    }
  }
  const entered = await write(tx, "in", come, asking.asOf);
  const left = await write(tx, "out", gone, asking.asOf);
  return { entered: entered.moved, left: left.moved, told: entered.told + left.told };
}

export interface Move {
  segment: string;
  /** internal id */
  customer: number;
}

async function write(tx: Tx, way: "in" | "out", moves: Move[], at: Date): Promise<{ moved: Move[]; told: number }> {
  if (moves.length === 0) return { moved: [], told: 0 };
  const segments = moves.map((move) => move.segment);
  const listed = sql`unnest(${segments}::text[], ${moves.map((move) => move.customer)}::bigint[]) as u (segment, customer)`;
  const moved =
    way === "in"
      ? sql`
        insert into segment_members (segment, customer, entered_at)
        select segment, customer, ${at} from ${listed} order by segment, customer
        on conflict (segment, customer) where left_at is null do nothing
        returning segment, customer`
      : sql`
        update segment_members m set left_at = ${at} from ${listed}
        where m.segment = u.segment and m.customer = u.customer and m.left_at is null
        returning m.segment, m.customer`;
  const { rows } = await sql<Move & { told: boolean }>`
    with moved as (${moved}),
    told as (
      insert into segment_changes (segment, customer, way, at)
      select m.segment, m.customer, ${way}, ${at} from moved m join segment_rules r using (segment)
      where r.triggers order by m.customer
      returning segment, customer)
    select m.segment, m.customer, t.customer is not null as told
    from moved m left join told t using (segment, customer)`.execute(tx);
  return { moved: rows, told: rows.filter((row) => row.told).length };
}
