import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Check } from "../../src/demo/check.ts";
import { openDatabase, type Database } from "../../src/store/database.ts";
import { openInstallation, type Installation } from "./installation.ts";

/** somebody watches, and has time: more is killed, also what takes minutes to come back */
const LONG = process.env.REKINDLE_FAULTS_ENROLMENTS !== undefined;
const ENROLMENTS = Number(process.env.REKINDLE_FAULTS_ENROLMENTS ?? 30);
const LAUNCH = "2026-04-01T10:00:00+08:00";
const RUN = "winback-30-1";

/** At the end of which day who is killed, as soon as there is work in hand again: mails go out on the days after these. */
const KILLS: [day: number, victim: Parameters<Installation["kill"]>[0]][] = [
  [10, "worker"],
  [18, "worker"],
  [18, "serve"],
  [26, "worker"],
  [32, "redis"],
  [38, "postgres"],
  ...(LONG ? [[40, "temporal"] as [number, "temporal"], [44, "deliver"] as [number, "deliver"]] : []),
];
/** messages of which nobody knows whether they left, for each kill of what sends them, or of its database */
const UNKNOWN = 20;
const SENDERS = new Set(["deliver", "postgres"]);

const say = LONG ? (line: string) => console.error(line) : () => undefined;

let installation: Installation;
let db: Database;
beforeAll(async () => {
  installation = await openInstallation({ temporalInMemory: !LONG });
  const { databaseUrl, schema } = installation.config;
  db = openDatabase({ url: databaseUrl!, schema, max: 2 });
});
let closing = false;
afterAll(async () => {
  closing = true;
  await db?.destroy();
  await installation?.close();
});

test(
  "the reference campaign runs to its end although worker, serve, Valkey and Postgres are killed, and every promise holds",
  { timeout: LONG ? ENROLMENTS * 1_000 + 600_000 : 900_000 },
  async () => {
    const at = (file: string) => join(installation.home, file);
    await installation.run([
      ["demo-world", "begin", "--at", LAUNCH],
      [
        "demo-world",
        "generate",
        "--out",
        installation.home,
        "--enrol",
        String(ENROLMENTS),
        "--as-of",
        LAUNCH,
        "--customers-base",
        String(ENROLMENTS * 10),
      ],
      ["import", "customers", at("customers.csv")],
      ["import", "orders", at("orders.csv")],
      ["import", "order-items", at("order-items.csv")],
      ["campaign", "apply", "winback-30"],
      ["key", "create", "--role", "backend", "--name", "shop", "--out", at("shop.key")],
      ["campaign", "run", "winback-30", "--limit", String(ENROLMENTS)],
    ]);

    const kills: Promise<void>[] = [];
    const began = Date.now();
    await installation.run(
      [["demo-world", "play", RUN, "--customers", at("customers.csv"), "--key-file", at("shop.key"), "--day-ms", "0"]],
      (line) => {
        const day = Number(/^\s*(\d+)\s+\d+\s/.exec(line)?.[1]);
        for (const [after, victim] of KILLS) if (after === day) kills.push(killAtWork(victim));
        say(line);
      },
    );
    expect(kills.length).toBe(KILLS.length);
    await Promise.all(kills);

    let checks: Check[] = [];
    await installation.run(
      [["demo-world", "check", RUN, "--json"]],
      lines((text) => (checks = JSON.parse(text))),
    );
    expect(checks.filter((check) => !check.ok)).toEqual([]);
    expect(checks.length).toBeGreaterThan(10);
    const { rows } = await sql<{ status: string; unknown: number; accepted: number }>`
      select (select status from runs where id = ${RUN}) as status,
        (select count(*) from messages where status = 'unknown')::int as unknown,
        (select count(*) from messages where status = 'accepted')::int as accepted`.execute(db);
    expect(rows[0]).toMatchObject({ status: "closed" });
    const ofSenders = KILLS.filter(([, victim]) => SENDERS.has(victim));
    expect(rows[0]!.unknown).toBeLessThanOrEqual(UNKNOWN * ofSenders.length);
    expect(rows[0]!.accepted).toBeGreaterThan(ENROLMENTS * 5);
    say(JSON.stringify({ seconds: (Date.now() - began) / 1000, ...rows[0] }));
  },
);

/** Kills when there is work in hand: for those who send, messages on their way; for the others a cohort that has not come to rest. */
async function killAtWork(victim: (typeof KILLS)[number][1]): Promise<void> {
  const began = Date.now();
  while (!closing) {
    const { sending, moving } = await inHand();
    // mails leave within moments, which a busy machine may miss again and again: then any work will do
    const anyWork = !SENDERS.has(victim) || Date.now() - began > 20_000;
    if ((sending || (anyWork && moving)) && killed(victim)) break;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  say(`killed ${victim}`);
}

/** Nothing while Postgres itself is away. */
async function inHand(): Promise<{ sending: boolean; moving: boolean }> {
  const { rows } = await sql<{ sending: boolean; moving: boolean }>`
    select exists (select 1 from messages where status = 'sending') as sending,
      exists (select 1 from cohorts where status = 'live' and parked_number is distinct from last_number) as moving`
    .execute(db)
    .catch(() => ({ rows: [] }));
  return rows[0] ?? { sending: false, moving: false };
}

/** False when it is only just being started again, from the kill before. */
function killed(victim: (typeof KILLS)[number][1]): boolean {
  try {
    installation.kill(victim);
    return true;
  } catch {
    return false;
  }
}

function lines(whole: (text: string) => void): (line: string) => void {
  let text = "";
  return (line) => {
    text += line;
    if (line === "]") whole(text);
  };
}
