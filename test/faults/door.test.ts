import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localDay } from "../../src/campaign/calendar.ts";
import { pause, typescriptArguments } from "../../src/local/process.ts";
import { createApiKey } from "../../src/store/api-key.ts";
import { minuteOf } from "../../src/store/clock.ts";
import { type Database, openDatabase } from "../../src/store/database.ts";
import { migrateDatabase } from "../../src/store/migrate.ts";
import { zoneAround } from "../../src/store/zone.ts";
import { SEED } from "../support/seed.ts";
import { enrol, openChallenge, program } from "../intake/world.ts";
import { type Load, startLoad } from "./door-load.ts";
import { type Installation, openInstallation } from "./installation.ts";

/** somebody watches, and has time */
const LONG = process.env.REKINDLE_DOOR_LOAD !== undefined;
const LOAD = Number(process.env.REKINDLE_DOOR_LOAD ?? 1);
const KILLS = 20;
/** on a machine that is so busy that nothing gets up again, fewer are killed */
const KILLING_MS = LONG ? 600_000 : 150_000;
const VICTIMS = ["serve", "postgres", "redis"] as const;
type Victim = (typeof VICTIMS)[number];

const TETHER = new URL("../../src/local/tether.mjs", import.meta.url);
const MAIN = new URL("../../src/cli/main.ts", import.meta.url);
const CUSTOMERS = Array.from({ length: 150 }, (_, i) => `C${i}`);
const ZONE = "Asia/Shanghai";
/** check-ins are for yesterday and today, both of which still count */
const DAYS = 2;

let installation: Installation;
let db: Database;
let serve: ChildProcess | undefined;
let closing = false;
beforeAll(async () => {
  installation = await openInstallation({ temporalInMemory: true, parts: ["postgres", "redis"], programs: [] });
  const { databaseUrl, schema } = installation.config;
  await migrateDatabase({ url: databaseUrl!, schema });
  db = openDatabase({ url: databaseUrl!, schema, max: 2 });
});
afterAll(async () => {
  closing = true;
  serve?.kill("SIGKILL");
  await db?.destroy();
  await installation?.close();
});

/** One `serve` after the other: as whoever keeps it running would, without a pause between them. */
async function keepServing(): Promise<void> {
  const { databaseUrl, redisUrl } = installation.config;
  while (!closing) {
    serve = spawn(process.execPath, [...typescriptArguments(MAIN, TETHER), "serve"], {
      env: { ...process.env, DATABASE_URL: databaseUrl!, REDIS_URL: redisUrl! },
      cwd: fileURLToPath(new URL("../../", import.meta.url)),
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    await once(serve, "exit");
  }
}

function kill(victim: Victim): boolean {
  try {
    if (victim !== "serve") installation.kill(victim);
    else serve!.kill("SIGKILL");
    return true;
  } catch {
    return false; // it is only just being started again
  }
}

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Each three kills are of all three, in any order. */
function victims(random: () => number): Victim[] {
  const list: Victim[] = [];
  while (list.length < KILLS) {
    const round = [...VICTIMS];
    while (round.length > 0) list.push(...round.splice(Math.floor(random() * round.length), 1));
  }
  return list.slice(0, KILLS);
}

async function answersAgain(load: Load): Promise<void> {
  const before = load.answered.size;
  const limit = Date.now() + KILLING_MS;
  while (load.answered.size === before && Date.now() < limit) await pause(10);
}

async function rowsOf<T>(query: ReturnType<typeof sql<T>>): Promise<T[]> {
  return (await query.execute(db)).rows;
}

test(
  "serve, Postgres and Valkey killed at random under load: every event answered 202 is there once and reacted to once",
  { timeout: KILLING_MS + 900_000 },
  async ({ annotate }) => {
    console.error(`door: seed ${SEED} (REKINDLE_TEST_SEED kills in the same order again)`);
    const random = randomFrom(SEED);
    const now = new Date();
    const today = localDay(zoneAround(ZONE, minuteOf(now)), minuteOf(now));
    const { members } = await enrol(
      db,
      program(
        {
          "days/open": {
            ...{ kind: "challengeOpen", id: "days", event: "check_in", days: 30 },
            gifts: [{ every: 1, points: 10 }],
          } as never,
        },
        {
          goal: {
            convert: { event: "order.paid", within: { days: 91, minutes: 0 } },
            onConvert: { mode: "continue" },
            targets: [],
            watch: [],
          },
        },
      ),
      CUSTOMERS.slice(0, 100),
      { goalUntil: "2100-01-01T00:00:00Z" },
    );
    for (const member of members) await openChallenge(db, member, today - 1);
    const key = await createApiKey(db, "shop", "backend", now);
    void keepServing();
    const url = process.env.PUBLIC_URL!;
    const load = startLoad({
      ...{ url, key, customers: CUSTOMERS, days: DAYS, random },
      ...{ posters: 8 * LOAD, pauseMs: 15 },
    });
    await answersAgain(load);

    const began = Date.now();
    const killed: Victim[] = [];
    for (const victim of victims(random)) {
      if (Date.now() - began > KILLING_MS) break;
      await pause(random() * 300);
      while (!kill(victim)) await pause(20);
      killed.push(victim);
      await answersAgain(load);
    }
    const said = { seed: SEED, killed: killed.join(" "), seconds: (Date.now() - began) / 1000 };
    await load.finish();
    await annotate(JSON.stringify({ ...said, events: load.answered.size, statuses: [...load.statuses] }));
    if (LONG) console.error(JSON.stringify({ ...said, events: load.answered.size, statuses: [...load.statuses] }));
    expect(new Set(killed)).toEqual(new Set(VICTIMS));
    await expect
      .poll(() => rowsOf(sql`select 1 from events where reacted_at is null limit 1`).catch(() => ["away"]), {
        timeout: 300_000,
      })
      .toEqual([]);

    const stored = await rowsOf<{ event_id: string }>(sql`select event_id from events`);
    expect(stored.length).toBe(load.answered.size);
    expect(stored.filter(({ event_id }) => !load.answered.has(event_id))).toEqual([]);
    expect(await rowsOf(sql`select event_id, reaction from events where reaction ? 'error'`)).toEqual([]);
    await countAgain(load, new Set(members.map((member) => member.customerId)));
  },
);

/** What the database says of each customer, against what was answered. */
async function countAgain({ counted }: Load, enrolled: Set<string>): Promise<void> {
  const found = await rowsOf<{
    customer: string;
    orders: number;
    spent: number;
    summary: [number, number];
    days: number;
    points: number;
    conversions: number;
  }>(sql`
    select c.customer_id as customer,
      (select count(*) from orders o where o.customer = c.id)::int as orders,
      (select coalesce(sum(amount - refunded), 0) from orders o where o.customer = c.id)::int as spent,
      (select jsonb_build_array(orders, spent) from customer_orders s where s.customer = c.id) as summary,
      (select count(*) from check_ins k join enrolments e on e.id = k.enrolment where e.customer = c.id)::int as days,
      (select coalesce(sum(points), 0) from points p where p.customer = c.id)::int as points,
      (select count(*) from conversions v where v.customer = c.id)::int as conversions
    from customers c order by 1`);
  const expected = [...counted]
    .map(([customer, { orders, spent, days }]) => {
      const member = enrolled.has(customer);
      const checkIns = member ? days.size : 0;
      return {
        ...{ customer, orders, spent, days: checkIns, points: checkIns * 10 },
        summary: orders > 0 ? [orders, spent] : null,
        conversions: member && orders > 0 ? 1 : 0,
      };
    })
    .sort((a, b) => (a.customer < b.customer ? -1 : 1));
  const known = new Set(counted.keys());
  expect(
    found.filter(({ customer }) => known.has(customer)).sort((a, b) => (a.customer < b.customer ? -1 : 1)),
  ).toEqual(expected);
  expect(expected.some(({ days, conversions }) => days > 0 && conversions > 0)).toBe(true);
}
