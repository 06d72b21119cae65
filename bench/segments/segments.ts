import { sql } from "kysely";
import { readLibrary } from "../../src/operate/rules/library.ts";
import { membersOf } from "../../src/rule/sql.ts";
import type { Database } from "../../src/store/database.ts";
import type { BenchOptions } from "../bench.ts";
import { type BenchReport, machine, medianOf, type Ratio, ratio, timed } from "../measure.ts";
import { BASELINE } from "./baseline.ts";
import { jsonLogicCost } from "./json-logic.ts";
import { measureUpkeep } from "./upkeep.ts";
import { AS_OF, HOME_ZONE, openWorld } from "./world.ts";

const ROUNDS = 3;
const SLOWER = 1 / 1.2;

/** Each segment of the library against hand-written SQL over the raw tables and against json-logic-js, in turns. */
export async function benchSegments({ config, quick, say }: BenchOptions): Promise<BenchReport> {
  const customers = quick ? 50_000 : 1_000_000;
  const { library } = await readLibrary(config.rules);
  const db = await openWorld(config.databaseUrl!, customers, say);
  try {
    await sql`set work_mem = '64MB'`.execute(db);
    const ids = Object.keys(library.segments).filter((id) => Object.hasOwn(BASELINE, id));
    const speedups: Record<string, number[]> = {};
    const overJsonLogic: number[] = [];
    const segments: Record<string, unknown> = {};
    const plans: Record<string, string[]> = {};
    for (const id of ids) {
      const { rule } = library.segments[id]!;
      const { joins, where } = membersOf(rule, { asOf: AS_OF, homeZone: HOME_ZONE });
      const ours = sql<Count>`select count(*) from customers c ${joins} where ${where}`;
      const times = { ours: [] as number[], hand: [] as number[] };
      let members = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const mine = await timed(() => ours.execute(db));
        const theirs = await timed(() => sql<Count>`${BASELINE[id]!}`.execute(db));
        times.ours.push(mine.ms);
        times.hand.push(theirs.ms);
        members = mine.result.rows[0]!.count;
        const other = theirs.result.rows[0]!.count;
        if (members !== other) throw new Error(`${id}: ${members} members, by hand ${other}`);
      }
      speedups[id] = times.ours.map((ms, round) => times.hand[round]! / ms);
      const sampled = await jsonLogicCost(db, library.segments, id, Math.min(customers, quick ? 2_000 : 20_000));
      const jsonLogicMs = sampled.msPerCustomer * customers;
      overJsonLogic.push(jsonLogicMs / medianOf(times.ours));
      segments[id] = {
        members,
        ms: Math.round(medianOf(times.ours)),
        handMs: Math.round(medianOf(times.hand)),
        speedup: Number(medianOf(speedups[id]!).toPrecision(3)),
        jsonLogicMs: Math.round(jsonLogicMs),
      };
      if (medianOf(speedups[id]!) < 1) plans[id] = await planNodes(db, ours);
      say(`${id}: ${JSON.stringify(segments[id])}`);
    }
    const upkeep = await measureUpkeep(db, customers, quick);
    return {
      bench: "segments",
      machine: machine(),
      ratios: { ...overHand(speedups), over_json_logic: ratio(overJsonLogic, 20) },
      figures: {
        customers,
        orders: (await sql<Count>`select count(*) from orders`.execute(db)).rows[0]!.count,
        segments,
        withoutBaseline: Object.keys(library.segments).filter((id) => !ids.includes(id)),
        upkeepOfSummary: { unit: "µs per order", ...upkeep },
        plansWhereSlower: plans,
        notes: [
          "json-logic-js is measured on the first customers, facts loaded by the thousand, and multiplied up",
          "over_json_logic: median, least and most over the segments",
          "medians of rounds; hand-written SQL and ours in turns on one connection with the same settings",
        ],
      },
    };
  } finally {
    await db.destroy();
  }
}

interface Count {
  count: number;
}

/** The segment with the least gain and the one with the most, each over its rounds; and in each round the one in the middle. */
function overHand(speedups: Record<string, number[]>): Record<string, Ratio> {
  const segments = Object.values(speedups).sort((a, b) => medianOf(a) - medianOf(b));
  const rounds = Array.from({ length: ROUNDS }, (_, round) => segments.map((values) => values[round]!));
  return {
    worst_over_hand_written: ratio(segments[0]!, Number(SLOWER.toPrecision(3))),
    median_over_hand_written: ratio(rounds.map(medianOf), 3),
    best_over_hand_written: ratio(segments.at(-1)!, 10),
  };
}

async function planNodes(db: Database, query: ReturnType<typeof sql<Count>>): Promise<string[]> {
  const { rows } = await sql<Record<string, string>>`explain (analyze, costs off, summary off) ${query}`.execute(db);
  return rows.map((row) => Object.values(row)[0]!);
}
