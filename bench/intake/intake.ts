import { sql } from "kysely";
import type { Database } from "../../src/store/database.ts";
import type { BenchOptions } from "../bench.ts";
import { type BenchReport, machine, medianOf, ratio } from "../measure.ts";
import { openBase, outcome, type Sizes } from "./base.ts";
import { Load } from "./load.ts";
import { allReacted } from "./reacted.ts";
import { playMemory, playRound, playSteady, type Round, type Stage } from "./rounds.ts";
import { type Listening, listening } from "./servers.ts";
import { traffic } from "./traffic.ts";

const CONNECTIONS = 256;

interface Plan extends Sizes {
  rounds: number;
  /** of load: before the first, in a round, at half of what was reached, and once more for memory */
  warm: number;
  seconds: number;
  half: number;
  memory: number;
}
const QUICK: Plan = { members: 5_000, customers: 20_000, warm: 4, rounds: 3, seconds: 2, half: 4, memory: 0 };
const FULL: Plan = { members: 20_000, customers: 100_000, warm: 10, rounds: 7, seconds: 6, half: 30, memory: 600 };

/** Single events posted to `serve`, and to a server that answers the same and stores nothing, in turns. */
export async function benchIntake({ config, quick, say }: BenchOptions): Promise<BenchReport> {
  const plan = quick ? QUICK : FULL;
  const schema = `bench_intake_${Date.now().toString(36)}`;
  const base = await openBase(config.databaseUrl!, schema, config.rules, plan);
  const { db, key } = base;
  const env = {
    DATABASE_URL: config.databaseUrl!,
    REDIS_URL: config.redisUrl!,
    REKINDLE_SCHEMA: schema,
    REKINDLE_RULES: config.rules,
    REKINDLE_SECRET: config.secret!,
    PORT: "0",
  };
  const servers: Listening[] = [];
  const loads: Load[] = [];
  try {
    for (const program of [undefined, new URL("./deaf.ts", import.meta.url)]) {
      servers.push(await listening("serve", env, program));
    }
    // connections that nobody uses for ten seconds are closed: opened once all is there to use them
    for (const [i, { url }] of servers.entries()) {
      const next = traffic(`load-${i + 1}`, plan);
      loads.push(await Load.open({ url, key, connections: CONNECTIONS, next }));
    }
    const [serve, deaf] = loads as [Load, Load];
    const stage: Stage = { db, serve, deaf, servePid: servers[0]!.pid, deafPid: servers[1]!.pid };
    // what runs for the first time is slow on either side, and there is more of it on ours
    await deaf.flood(plan.warm / 2);
    await serve.flood(plan.warm);
    await allReacted(db);

    const rounds: Round[] = [];
    for (let round = 0; round < plan.rounds; round++) {
      rounds.push(await playRound(stage, plan.seconds));
      say(JSON.stringify(short(rounds.at(-1)!)));
    }
    const half = medianOf(rounds.map((round) => round.durable)) / 2;
    const atHalf = await playSteady(stage, half, plan.half);
    say(JSON.stringify(short(atHalf)));
    const memory = plan.memory > 0 ? await playMemory(stage, half, plan.memory) : undefined;
    await allReacted(db);

    const came = await outcome(base);
    if (came.failed! > 0) throw new Error(`reactions failed: ${JSON.stringify(came)}`);
    const settings = await settingsOf(db);
    const over = (pick: (round: Round) => number) => rounds.map((round) => pick(round) / round.nothing);
    return {
      bench: "intake",
      machine: machine(),
      ratios: {
        durable: ratio(
          over((round) => round.durable),
          0.7,
        ),
        reacted: ratio(
          over((round) => round.reacted),
          0.4,
        ),
        seconds_to_reaction_p99_at_half: ratio([atHalf.reaction.p99 / 1000], 1, "most"),
      },
      figures: { settings, rounds: rounds.map(short), atHalf: short(atHalf), ...(memory && short({ memory })), came },
    };
  } finally {
    for (const load of loads) load.close();
    for (const server of servers) await server.stop();
    await base.close();
  }
}

/** What decides whether "durable" means the disk. */
async function settingsOf(db: Database): Promise<Record<string, string>> {
  const { rows } = await sql<{ name: string; setting: string }>`
    select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes')`.execute(
    db,
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

function short<T>(figures: T): T {
  return JSON.parse(
    JSON.stringify(figures, (_, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(4)) : value)),
  ) as T;
}
