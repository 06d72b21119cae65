import { type RawBuilder, sql } from "kysely";
import type { Ast, Literal, Variable } from "../ast.ts";

type Sql = RawBuilder<unknown>;
type Column = (variable: Variable) => Sql;

const SYMBOL = { "==": sql`=`, "!=": sql`<>`, "<": sql`<`, "<=": sql`<=`, ">": sql`>`, ">=": sql`>=` };

/** True, or else false or null: both mean that it does not hold. Without coalesce Postgres can reason about the joins. */
export function condition(ast: Ast, column: Column): Sql {
  const of = (arg: Ast) => scalar(arg, column);
  const yes = (arg: Ast) => condition(arg, column);
  switch (ast.op) {
    case "and":
      return sql`(${sql.join(ast.args.map(yes), sql` and `)})`;
    case "or":
      return sql`(${sql.join(ast.args.map(yes), sql` or `)})`;
    case "!":
      return sql`(${yes(ast.args[0]!)}) is not true`;
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=": {
      const values = ast.args.map(of);
      const pairs = values.slice(1).map((right, i) => sql`${values[i]!} ${SYMBOL[ast.op]} ${right}`);
      return sql`(${sql.join(pairs, sql` and `)})`;
    }
    case "in": {
      const [needle, hay] = ast.args;
      if (hay.type === "string") return sql`(strpos(${of(hay)}, ${of(needle)}) > 0)`;
      return sql`(${of(needle)} = any(${of(hay)}))`;
    }
    case "some":
    case "all":
    case "none":
      return quantified(ast, column);
    case "filled":
      return sql`(cardinality(${of(ast.args[0])}) > 0)`;
    case "segment":
      return yes(ast.args[0]);
    default:
      return scalar(ast, column);
  }
}

/** The value of a rule; null = missing. */
export function scalar(ast: Ast, column: Column): Sql {
  const of = (arg: Ast) => scalar(arg, column);
  switch (ast.op) {
    case "literal":
      return literal(ast);
    case "var":
      return column(ast);
    case "item":
      return sql`${sql.ref(`item_${ast.level}.value`)} collate "C"`;
    case "+":
    case "-":
    case "*":
    case "min":
    case "max":
    case "/":
      return arithmetic(ast.op, ast.args.map(of));
    case "if": {
      const cases: Sql[] = [];
      for (let i = 0; i + 1 < ast.args.length; i += 2) {
        cases.push(sql`when ${condition(ast.args[i]!, column)} then ${of(ast.args[i + 1]!)}`);
      }
      const otherwise = ast.args.length % 2 === 1 ? sql`else ${of(ast.args.at(-1)!)}` : sql``;
      return sql`(case ${sql.join(cases, sql` `)} ${otherwise} end)`;
    }
    case "cat":
      return sql`(${sql.join(ast.args.map(of), sql` || `)})`;
    case "missing":
      return sql`array_remove(array[${sql.join(ast.args.map((arg) => nameIfMissing(arg, column)))}]::text[], null)`;
    case "missing_some":
      return missingSome(
        ast.args.map((arg) => nameIfMissing(arg, column)),
        ast.need,
      );
    case "default":
      return sql`coalesce(${of(ast.args[0])}, ${of(ast.args[1])})`;
    default:
      return sql`coalesce(${condition(ast, column)}, false)`;
  }
}

function literal({ type, value }: Literal): Sql {
  switch (type) {
    case "boolean":
      return sql`${value}::boolean`;
    case "number":
    case "money":
      return sql`${value}::float8`;
    case "string":
    case "date":
      return sql`${value}::text collate "C"`;
    case "strings":
      return sql`${value}::text[]`;
    case "numbers":
      return sql`${value}::float8[]`;
  }
}

function arithmetic(op: "+" | "-" | "*" | "/" | "min" | "max", values: Sql[]): Sql {
  switch (op) {
    case "+":
      return sql`(${sql.join(values, sql` + `)})`;
    case "-":
      return values.length === 1 ? sql`(- ${values[0]!})` : sql`(${sql.join(values, sql` - `)})`;
    case "*":
      return sql`(${sql.join(values, sql` * `)})`;
    case "/":
      return sql`(${values[0]!} / nullif(${values[1]!}, 0))`;
    case "min":
    case "max": {
      // least() and greatest() pass over what is missing; here one missing value makes the whole missing
      const rows = sql.join(values.map((value) => sql`(${value})`));
      return sql`(select case when count(v) = ${sql.lit(values.length)} then ${sql.raw(op)}(v) end from (values ${rows}) as many (v))`;
    }
  }
}

function nameIfMissing(variable: Variable, column: Column): Sql {
  const value = variable.type === "string" ? sql`nullif(${column(variable)}, '')` : column(variable);
  return sql`case when ${value} is null then ${variable.name}::text end`;
}

function missingSome(names: Sql[], need: number): Sql {
  return sql`(select case when cardinality(missing) > ${sql.lit(names.length - need)} then missing else '{}' end
    from (values (array_remove(array[${sql.join(names)}]::text[], null))) as some_of (missing))`;
}

function quantified(ast: Extract<Ast, { op: "some" | "all" | "none" }>, column: Column): Sql {
  const [list, test] = ast.args;
  const values = scalar(list, column);
  const yes = condition(test, column);
  const elements = sql`unnest(${values}) as ${sql.ref(`item_${ast.level}`)} (value)`;
  switch (ast.op) {
    case "some":
      return sql`exists (select from ${elements} where ${yes})`;
    case "none":
      return sql`not exists (select from ${elements} where ${yes})`;
    case "all":
      return sql`(cardinality(${values}) > 0 and not exists (select from ${elements} where (${yes}) is not true))`;
  }
}
