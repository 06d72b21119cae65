import { type RawBuilder, sql } from "kysely";
import { returning } from "../anniversary.ts";
import { LARGEST } from "../value.ts";
import { type ArithmeticOp, type Ast, type Literal, neighbours, type Variable } from "../ast.ts";

type Sql = RawBuilder<unknown>;
/** How to read a variable, and which days `today` can be, whatever the customer's zone. */
export interface Reading {
  column(variable: Variable): Sql;
  today: string[];
}

const SYMBOL = { "==": sql`=`, "!=": sql`<>`, "<": sql`<`, "<=": sql`<=`, ">": sql`>`, ">=": sql`>=` };

/** True, or else false or null: both mean that it does not hold. Without coalesce Postgres can reason about the joins. */
export function condition(ast: Ast, reading: Reading): Sql {
  const of = (arg: Ast) => scalar(arg, reading);
  const yes = (arg: Ast) => condition(arg, reading);
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
      const pairs = neighbours(values).map(([left, right]) => sql`${left} ${SYMBOL[ast.op]} ${right}`);
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
      return quantified(ast, reading);
    case "is_today":
      return isToday(ast, reading);
    case "filled":
      return sql`(cardinality(${of(ast.args[0])}) > 0)`;
    case "segment":
      return yes(ast.args[0]);
    default:
      return scalar(ast, reading);
  }
}

/** The value of a rule; null = missing. */
export function scalar(ast: Ast, reading: Reading): Sql {
  const of = (arg: Ast) => scalar(arg, reading);
  switch (ast.op) {
    case "literal":
      return literal(ast);
    case "var":
      return reading.column(ast);
    case "item":
      return sql`${sql.ref(`item_${ast.level}.value`)} collate "C"`;
    case "+":
    case "-":
    case "*":
    case "min":
    case "max":
    case "/":
    case "%":
      return arithmetic(ast.op, ast.args.map(of));
    case "if": {
      const cases: Sql[] = [];
      for (let i = 0; i + 1 < ast.args.length; i += 2) {
        cases.push(sql`when ${condition(ast.args[i]!, reading)} then ${of(ast.args[i + 1]!)}`);
      }
      const otherwise = ast.args.length % 2 === 1 ? sql`else ${of(ast.args.at(-1)!)}` : sql``;
      return sql`(case ${sql.join(cases, sql` `)} ${otherwise} end)`;
    }
    case "cat":
      return sql`(${sql.join(ast.args.map(of), sql` || `)})`;
    case "missing":
      return sql`array_remove(array[${sql.join(ast.args.map((arg) => nameIfMissing(arg, reading)))}]::text[], null)`;
    case "missing_some":
      return missingSome(
        ast.args.map((arg) => nameIfMissing(arg, reading)),
        ast.need,
      );
    case "days_since":
      return sql`(${of(ast.args[1])}::date - ${of(ast.args[0])}::date)::float8`;
    case "default":
      return sql`coalesce(${of(ast.args[0])}, ${of(ast.args[1])})`;
    default:
      return sql`coalesce(${condition(ast, reading)}, false)`;
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

function arithmetic(op: ArithmeticOp, values: Sql[]): Sql {
  switch (op) {
    case "+":
      return sql`(${sql.join(values, sql` + `)})`;
    case "-":
      return values.length === 1 ? sql`(- ${values[0]!})` : sql`(${sql.join(values, sql` - `)})`;
    case "*":
      return sql`(${sql.join(values, sql` * `)})`;
    case "/":
      return sql`(${values[0]!} / nullif(${values[1]!}, 0))`;
    case "%":
      return remainder(values[0]!, values[1]!);
    case "min":
    case "max": {
      // least() and greatest() pass over what is missing; here one missing value makes the whole missing
      const rows = sql.join(values.map((value) => sql`(${value})`));
      return sql`(select case when count(v) = ${sql.lit(values.length)} then ${sql.raw(op)}(v) end from (values ${rows}) as many (v))`;
    }
  }
}

/** Through numeric, which holds whole numbers of this size exactly and never fails to. */
function remainder(left: Sql, right: Sql): Sql {
  return sql`(select case when l = trunc(l) and r = trunc(r) and greatest(abs(l), abs(r)) <= ${LARGEST}::float8
      then (l::numeric % nullif(r, 0)::numeric)::float8 end from (values (${left}, ${right})) as pair (l, r))`;
}

function isToday(ast: Extract<Ast, { op: "is_today" }>, reading: Reading): Sql {
  const [date, today] = ast.args.map((arg) => scalar(arg, reading));
  const key = ast.calendar === "solar" ? sql`substr(${date}, 6)` : date!;
  const days = reading.today.map(
    (day) => sql`when ${day}::text then ${key} = any(${[...returning(ast.calendar, day, ast.within)]}::text[])`,
  );
  return sql`(case ${today} ${sql.join(days, sql` `)} end)`;
}

function nameIfMissing(variable: Variable, reading: Reading): Sql {
  const value = variable.type === "string" ? sql`nullif(${reading.column(variable)}, '')` : reading.column(variable);
  return sql`case when ${value} is null then ${variable.name}::text end`;
}

function missingSome(names: Sql[], need: number): Sql {
  return sql`(select case when cardinality(missing) > ${sql.lit(names.length - need)} then missing else '{}' end
    from (values (array_remove(array[${sql.join(names)}]::text[], null))) as some_of (missing))`;
}

function quantified(ast: Extract<Ast, { op: "some" | "all" | "none" }>, reading: Reading): Sql {
  const [list, test] = ast.args;
  const values = scalar(list, reading);
  const yes = condition(test, reading);
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
