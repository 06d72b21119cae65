import { type RawBuilder, sql } from "kysely";
import type { Type } from "../ast.ts";
import { LARGEST } from "../value.ts";

const PLACES = 15;

/**
 * A trait as its declared type; a value of another type is missing. Numbers pass through numeric, whose size is asked
 * before it becomes a double, so that no stored value can make a query fail.
 * @param json the trait as jsonb
 * @param exponent decimal places of the currency: amounts are stored in major units
 */
export function traitSql(json: RawBuilder<unknown>, type: Type, exponent: number): RawBuilder<unknown> {
  const text = sql`(${json} #>> '{}')`;
  switch (type) {
    case "string":
      return sql`(case when jsonb_typeof(${json}) = 'string' then ${text} end) collate "C"`;
    case "boolean":
      return sql`(case when jsonb_typeof(${json}) = 'boolean' then (${json})::boolean end)`;
    case "number":
      return sql`(${exactNumber(json)})::float8`;
    case "money":
      return numeric(json, sql`round((${json})::numeric * ${sql.lit(10 ** exponent)})::float8`);
    case "date":
      return sql`(case when jsonb_typeof(${json}) = 'string' and ${text} ~ '^\\d{4}-\\d{2}-\\d{2}$'
        then case when pg_input_is_valid(${text}, 'date') then ${text} end end) collate "C"`;
    case "strings":
      return sql`(case when jsonb_typeof(${json}) = 'array' then array(
        select element #>> '{}' from jsonb_array_elements(${json}) with ordinality as part (element, place)
        where jsonb_typeof(element) = 'string' order by place) end)`;
  }
}

/** The number before it becomes a double, for sums. */
export function exactNumber(json: RawBuilder<unknown>): RawBuilder<unknown> {
  return numeric(json, sql`round((${json})::numeric, ${sql.lit(PLACES)})`);
}

function numeric(json: RawBuilder<unknown>, value: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(case when jsonb_typeof(${json}) = 'number'
    then case when abs((${json})::numeric) <= ${sql.lit(LARGEST)} then ${value} end end)`;
}
