import { type RawBuilder, sql } from "kysely";
import {
  type Dimension,
  DIMENSIONS,
  type LeadPoint,
  type Measure,
  type Scoring,
  type Stage,
  type Tiers,
} from "../../campaign/scoring.ts";
import type { Ast } from "../../rule/ast.ts";
import { type Measuring, measuring } from "../../rule/sql/measure.ts";
import type { Tx } from "../database.ts";
import type { Moment } from "./purchase.ts";

type Sql = RawBuilder<unknown>;

/** Evaluates every rule of the scoring for the whole base at once: table measured, for this transaction. */
export async function measure(tx: Tx, scoring: Scoring, moment: Moment): Promise<void> {
  const reading = measuring(rulesOf(scoring), moment);
  const figures = scoring.tiers ? measuresOf(scoring.tiers) : [];
  const columns = figures.map(({ column }) => sql`, ${sql.ref(column)} float8`);
  await sql`
    create temporary table measured (
      customer bigint not null, tiered boolean not null, stage text, lead_score float8 ${sql.join(columns, sql``)}
    ) on commit drop`.execute(tx);
  await sql`
    insert into measured
    select k.id, ${tiered(scoring.tiers, reading)}, ${stage(scoring.stages, reading)}, ${lead(scoring.leadScore, reading)}
      ${sql.join(
        figures.map((figure) => sql`, ${reading.value(figure.of)}`),
        sql``,
      )}
    from ${reading.from}`.execute(tx);
  await sql`analyze measured`.execute(tx);
}

/** Tier, stage and lead score of every customer, from what was measured: table placed, for this transaction. */
export async function place(tx: Tx, tiers: Tiers | undefined): Promise<void> {
  await sql`
    create temporary table placed (
      customer bigint not null, stage text, lead_score float8, tier text,
      tier_value float8, tier_depth float8, tier_interaction float8, tier_risk float8
    ) on commit drop`.execute(tx);
  if (!tiers) {
    await sql`insert into placed (customer, stage, lead_score) select customer, stage, lead_score from measured`.execute(
      tx,
    );
    return;
  }
  const marks = measuresOf(tiers);
  const dimension = (name: Dimension) => {
    const own = marks.filter((each) => each.dimension === name);
    return sql`(${average(own.map((each) => ({ value: sql.ref(each.column), weight: each.weight })))})`;
  };
  const weighed = (["value", "depth", "interaction"] as const).map((name) => ({
    value: sql.ref(`tier_${name}`),
    weight: tiers.dimensions[name].weight,
  }));
  await sql`
    with marked as (
      select customer ${sql.join(
        marks.map((each) => sql`, ${mark(each)} as ${sql.ref(each.column)}`),
        sql``,
      )}
      from measured where tiered
    ), dimensions as (
      select customer ${sql.join(
        DIMENSIONS.map((name) => sql`, ${dimension(name)} as ${sql.ref(`tier_${name}`)}`),
        sql``,
      )}
      from marked
    ), scored as (
      select *, ${average(weighed)} as score from dimensions
    ), ranked as (
      select *, (rank() over (order by score desc) - 1)::float8 / count(*) over () as position from scored
    )
    insert into placed
    select m.customer, m.stage, m.lead_score, case when r.customer is not null then ${tierOf(tiers)} end,
      r.tier_value, r.tier_depth, r.tier_interaction, r.tier_risk
    from measured m left join ranked r on r.customer = m.customer`.execute(tx);
}

interface Mark extends Measure {
  dimension: Dimension;
  column: string;
}

function measuresOf({ dimensions }: Tiers): Mark[] {
  return DIMENSIONS.flatMap((dimension) =>
    dimensions[dimension].measures.map((one, i) => ({ ...one, dimension, column: `${dimension}_${i}` })),
  );
}

function rulesOf({ tiers, stages, leadScore }: Scoring): Ast[] {
  const conditions = [
    tiers?.among,
    ...(stages ?? []).map(({ when }) => when),
    ...(leadScore ?? []).map(({ when }) => when),
  ];
  return [...(tiers ? measuresOf(tiers).map(({ of }) => of) : []), ...conditions.filter((rule) => rule !== undefined)];
}

function tiered(tiers: Tiers | undefined, reading: Measuring): Sql {
  if (!tiers) return sql`false`;
  return tiers.among ? sql`coalesce(${reading.holds(tiers.among)}, false)` : sql`true`;
}

function stage(stages: Stage[] | undefined, reading: Measuring): Sql {
  if (!stages) return sql`null::text`;
  const cases = stages.map(({ id, when }) => sql`when ${when ? reading.holds(when) : sql`true`} then ${id}::text`);
  return sql`(case ${sql.join(cases, sql` `)} end)`;
}

function lead(points: LeadPoint[] | undefined, reading: Measuring): Sql {
  if (!points) return sql`null::float8`;
  const parts = points.map(
    ({ points: worth, when }) => sql`case when ${reading.holds(when)} then ${worth}::float8 else 0 end`,
  );
  return sql`(${sql.join(parts, sql` + `)})`;
}

/** 0 to 100; what is missing gives none. */
function mark({ column, full }: Mark): Sql {
  const value = sql.ref(column);
  return full === undefined
    ? sql`100 * percent_rank() over (order by ${value} nulls first)`
    : sql`100 * coalesce(least(1, greatest(0, ${value} / ${full}::float8)), 0)`;
}

function average(parts: { value: Sql; weight: number }[]): Sql {
  const sum = parts.reduce((all, { weight }) => all + weight, 0);
  return sql.join(
    parts.map(({ value, weight }) => sql`${weight / sum}::float8 * ${value}`),
    sql` + `,
  );
}

function tierOf({ tiers, override }: Tiers): Sql {
  const cases = override ? [sql`when r.tier_risk >= ${override.atLeast}::float8 then ${override.tier}::text`] : [];
  let share = 0;
  for (const tier of tiers.slice(0, -1)) {
    share += tier.share ?? 0;
    const reached =
      tier.share === undefined
        ? sql`r.score >= ${tier.atLeast!}::float8`
        : sql`r.position < ${+share.toFixed(9)}::float8`;
    cases.push(sql`when ${reached} then ${tier.id}::text`);
  }
  return sql`(case ${sql.join(cases, sql` `)} else ${tiers.at(-1)!.id}::text end)`;
}
