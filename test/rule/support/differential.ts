import { sql } from "kysely";
import type * as ast from "../../../src/rule/ast.ts";
import type * as evaluation from "../../../src/rule/evaluate.ts";
import type * as parsing from "../../../src/rule/parse.ts";
import type { Catalogue } from "../../../src/rule/catalogue.ts";
import type * as forms from "../../../src/rule/sql.ts";
import type { Database } from "../../../src/store/database.ts";
import { asOf, drawBase, type DrawnCustomer, homeZone, SEGMENTS } from "./base.ts";
import type { Rules } from "./rules.ts";
import { reference, referenceHolds, type Subject } from "./reference/evaluate.ts";
import { Money } from "./reference/value.ts";

/** src/rule, or a copy of it with a mistake in it. */
export interface Language {
  catalogue: Catalogue;
  parseRule: typeof parsing.parseRule;
  variablesOf: typeof ast.variablesOf;
  evaluate: typeof evaluation.evaluate;
  holds: typeof evaluation.holds;
  toSql: typeof forms.toSql;
  valueToSql: typeof forms.valueToSql;
  factsQuery: typeof forms.factsQuery;
  membersOf: typeof forms.membersOf;
}

export interface Answers {
  /** by customer */
  sql: unknown[];
  closure: unknown[];
  /** the closure over traits as they were written, as events and steps hand it theirs */
  raw: unknown[];
  reference: unknown[];
}

/**
 * Moments of asking: a Sunday on which New York's clocks go forward; half an hour into an earlier month, when much has
 * not happened yet; the last day of a lunar month of 29 days, with the end of a February of 28 ahead, and tomorrow already
 * where it comes first.
 */
const MOMENTS = [asOf, new Date("2026-02-28T16:30:00Z"), new Date("2027-02-05T10:30:00Z")];

/** Customers as the reference sees them, at one moment. */
export interface Base {
  asking: { asOf: Date; homeZone: string };
  subjects: Subject[];
}

/** A base of so many customers, asked at several moments; one more customer is there whom nobody asks about. */
export async function drawBases(db: Database, count: number): Promise<Base[]> {
  const customers = await drawBase(db, count + 1, 7);
  return MOMENTS.map((moment) => ({
    asking: { asOf: moment, homeZone },
    subjects: customers
      .slice(0, count)
      .map((customer) => ({ customer, now: moment.getTime(), segments: SEGMENTS, known: new Map() })),
  }));
}

/** What rules answer for each customer: by SQL over the base, by the closure over loaded facts, and by the reference. */
export async function answersOf(
  kind: keyof Rules,
  jsons: unknown[],
  language: Language,
  db: Database,
  { asking, subjects }: Base,
): Promise<Answers[]> {
  const valued = kind === "number" || kind === "plain";
  const asts = jsons.map((json) => {
    const { rule, faults } = language.parseRule(json, {
      pointer: "",
      catalogue: language.catalogue,
      ...(valued && { expect: "number" as const }),
    });
    if (!rule) throw new Error(`${JSON.stringify(json)}: ${JSON.stringify(faults)}`);
    return rule;
  });
  const variables = asts.flatMap(language.variablesOf);
  const ids = subjects.map(({ customer }) => customer.id);
  const { rows: facts } = await language.factsQuery(variables, ids, asking).execute(db);
  if (facts.length !== ids.length) throw new Error("facts of others than those asked for");
  const lookups = new Map(
    facts.map((row) => [row.id as number, new Map(variables.map(({ name }, i) => [name, row[`v${i}`] as never]))]),
  );
  const form = valued ? language.valueToSql : language.toSql;
  const closure = valued ? language.evaluate : language.holds;
  const written = valued ? reference : referenceHolds;
  const columns = asts.map((ast, i) => sql`${form(ast, asking)} as ${sql.ref(`r${i}`)}`);
  const { rows } = await sql<
    Record<string, unknown>
  >`select ${sql.join(columns)} from customers c where c.id = any(${ids}::bigint[]) order by c.id`.execute(db);
  return asts.map((ast, i) => ({
    sql: rows.map((row) => plain(row[`r${i}`])),
    closure: ids.map((id) => plain(closure(ast, (name) => lookups.get(id)!.get(name)))),
    raw: subjects.map(({ customer }) =>
      plain(closure(ast, (name) => rawTrait(name, customer) ?? lookups.get(customer.id)!.get(name))),
    ),
    reference: subjects.map((subject) => plain(written(jsons[i], subject))),
  }));
}

/** The ids that conditions leave, in each rule's own `from … where …`; what is there twice shows twice. */
export async function membersOf(jsons: unknown[], language: Language, db: Database, { asking }: Base) {
  const selects = jsons.map((json, i) => {
    const { rule } = language.parseRule(json, { pointer: "", catalogue: language.catalogue });
    const { joins, where } = language.membersOf(rule!, asking);
    return sql`(select ${sql.lit(i)} as rule, c.id from customers c ${joins} where ${where})`;
  });
  const { rows } = await sql<{ rule: number; id: number }>`
    ${sql.join(selects, sql` union all `)} order by rule, id`.execute(db);
  return jsons.map((_, i) => rows.filter(({ rule }) => rule === i).map(({ id }) => id));
}

/** Amounts are left out: only loading turns major units into minor ones. */
function rawTrait(name: string, { traits }: DrawnCustomer): never | undefined {
  const trait = /^customer\.traits\.(?!money)(.+)$/.exec(name)?.[1];
  return trait === undefined ? undefined : ((traits as Record<string, unknown>)[trait] as never);
}

/** −0 and 0 are one number; amounts are in minor units. */
function plain(value: unknown): unknown {
  const number = value instanceof Money ? value.minor : value;
  return number === 0 ? 0 : number;
}
