import { sql } from "kysely";
import { digitsOf } from "../src/campaign/currency.ts";
import { decided } from "../src/campaign/decide/decision.ts";
import type { SetStep } from "../src/campaign/program.ts";
import type { Ast, Value } from "../src/rule/ast.ts";
import { evaluate } from "../src/rule/evaluate.ts";
import { keepData } from "../src/store/journey-data.ts";
import type { Handler } from "./context.ts";
import { loadLookups } from "./lookup.ts";

/** Keeps what is asked now, for later steps; a value that is missing takes an earlier one away. */
export const set: Handler<SetStep> = async (context, step) => {
  const { tx, members, program } = context;
  const rules = [...Object.values(step.values), ...Object.values(step.traits)];
  const lookupOf = await loadLookups(context, rules);
  const valuesOf = (member: number, asked: Record<string, Ast>, written: (rule: Ast, value: Value) => Value) =>
    Object.fromEntries(
      Object.entries(asked).map(([name, rule]) => [name, written(rule, evaluate(rule, lookupOf(member)))]),
    );
  await keepData(
    tx,
    step.id,
    members.map((member) => ({ enrolment: member.id, values: valuesOf(member.id, step.values, (_, value) => value) })),
  );
  const digits = digitsOf(program.currency);
  // traits are written as they are imported: amounts in major units
  const major = ({ type }: Ast, value: Value) =>
    type === "money" && typeof value === "number" ? value / 10 ** digits : value;
  if (Object.keys(step.traits).length > 0) {
    const rows = members.map((member) => ({ id: member.customer, traits: valuesOf(member.id, step.traits, major) }));
    await sql`
      update customers c set traits = jsonb_strip_nulls(c.traits || t.traits)
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t (id bigint, traits jsonb)
      where c.id = t.id`.execute(tx);
  }
  return members.map(() => decided("done"));
};
