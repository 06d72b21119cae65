import { sql } from "kysely";
import { difference } from "../stats/interval.ts";
import { goalOpen, type Scope } from "./scope.ts";

/** Revenue in minor units: what conversions brought, as far as not refunded. */
export interface Arm {
  enrolled: number;
  live: number;
  /** null where the campaign has no conversion goal */
  converted: number | null;
  conversionRate: number | null;
  revenue: number | null;
  /** members whose conversion window is still open */
  open: number;
}

export type Reading = "more" | "fewer" | "no difference shown" | "too few" | "too early";

export interface Arms {
  treatment: Arm;
  holdout: Arm;
  /** treatment minus holdout, with Newcombe's 95 % interval; null without a goal or with an empty arm */
  difference: { value: number; low: number; high: number; reading: Reading } | null;
}

/** Below this many members in an arm the interval is shown, but no sentence is built on it. */
const FEWEST = 20;

export async function loadArms(scope: Scope): Promise<Arms> {
  const { rows } = await sql<Row>`
    select e.arm, count(*)::int as enrolled, count(*) filter (where e.status = 'live')::int as live,
      count(c.enrolment)::int as converted, coalesce(sum(c.amount), 0)::bigint as revenue,
      count(*) filter (where c.enrolment is null and w.open)::int as open
    from enrolments e
    left join conversions c on c.enrolment = e.id
    cross join lateral (${goalOpen(scope)}) w
    where e.run = ${scope.run}
    group by e.arm`.execute(scope.tx);
  const measured = scope.program.goal.convert !== undefined;
  const arm = (name: Row["arm"]) =>
    armOf(
      rows.find((row) => row.arm === name),
      measured,
    );
  const treatment = arm("treatment");
  const holdout = arm("holdout");
  return { treatment, holdout, difference: compareArms(treatment, holdout) };
}

interface Row {
  arm: "treatment" | "holdout";
  enrolled: number;
  live: number;
  converted: number;
  revenue: number;
  open: number;
}

function armOf(row: Row | undefined, measured: boolean): Arm {
  const { enrolled = 0, live = 0, converted = 0, revenue = 0, open = 0 } = row ?? {};
  if (!measured) return { enrolled, live, converted: null, conversionRate: null, revenue: null, open: 0 };
  return { enrolled, live, converted, conversionRate: enrolled > 0 ? converted / enrolled : null, revenue, open };
}

/** Says "more" or "fewer" only when both arms are large enough, their windows are over and the interval excludes 0. */
export function compareArms(treatment: Arm, holdout: Arm): Arms["difference"] {
  if (treatment.converted === null || holdout.converted === null) return null;
  if (treatment.enrolled === 0 || holdout.enrolled === 0) return null;
  const {
    difference: value,
    low,
    high,
  } = difference(
    { hits: treatment.converted, total: treatment.enrolled },
    { hits: holdout.converted, total: holdout.enrolled },
  );
  const reading: Reading =
    Math.min(treatment.enrolled, holdout.enrolled) < FEWEST
      ? "too few"
      : treatment.open + holdout.open > 0
        ? "too early"
        : low > 0
          ? "more"
          : high < 0
            ? "fewer"
            : "no difference shown";
  return { value, low, high, reading };
}
