import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Check } from "../../src/demo/check.ts";
import { openDatabase, type Database } from "../../src/store/database.ts";
import { openInstallation, type Installation } from "./installation.ts";

const ENROLMENTS = Number(process.env.REKINDLE_FAULTS_ENROLMENTS ?? 60);
const LAUNCH = "2026-04-01T10:00:00+08:00";
const RUN = "winback-30-1";

/** At the end of which day who is killed, as soon as there is work in hand again: mails go out on the days after these. */
const KILLS: [day: number, victim: Parameters<Installation["kill"]>[0]][] = [
  [10, "worker"],
  [18, "worker"],
  [22, "serve"],
  [26, "worker"],
  [32, "redis"],
  [38, "postgres"],
];

let installation: Installation;
let db: Database;
beforeAll(async () => {
  installation = await openInstallation();
  const { databaseUrl, schema } = installation.config;
  db = openDatabase({ url: databaseUrl!, schema, max: 2 });
});
afterAll(async () => {
  await db?.destroy();
  await installation?.close();
});

test(
  "the reference campaign runs to its end although worker, serve, Valkey and Postgres are killed, and every promise holds",
  { timeout: ENROLMENTS * 1_000 + 120_000 },
  async () => {
    const at = (file: string) => join(installation.home, file);
    await installation.run([
      ["demo-world", "begin", "--at", LAUNCH],
      ["demo-world", "generate", "--out", installation.home, "--enrol", String(ENROLMENTS), "--as-of", LAUNCH,
        "--customers-base", String(ENROLMENTS * 10)],
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
        if (process.env.REKINDLE_FAULTS_LOG) writeFileSync(process.env.REKINDLE_FAULTS_LOG, `${line}\n`, { flag: "a" });
      },
    );
    expect(kills.length).toBe(KILLS.length);
    await Promise.all(kills);

    let checks: Check[] = [];
    await installation.run([["demo-world", "check", RUN, "--json"]], lines((text) => (checks = JSON.parse(text))));
    expect(checks.filter((check) => !check.ok)).toEqual([]);
    expect(checks.length).toBeGreaterThan(10);
    const { rows } = await sql<{ status: string; unknown: number; accepted: number }>`
      select (select status from runs where id = ${RUN}) as status,
        (select count(*) from messages where status = 'unknown')::int as unknown,
        (select count(*) from messages where status = 'accepted')::int as accepted`.execute(db);
    expect(rows[0]).toMatchObject({ status: "closed" });
    // deliver was not killed itself, but its database was
    expect(rows[0]!.unknown).toBeLessThanOrEqual(20);
    expect(rows[0]!.accepted).toBeGreaterThan(ENROLMENTS * 5);
    console.log(JSON.stringify({ enrolments: ENROLMENTS, seconds: (Date.now() - began) / 1000, kills: KILLS.length, ...rows[0] }));
  },
);

/** Kills when there is work in hand: a cohort that has not come to rest, or messages on their way. */
async function killAtWork(victim: (typeof KILLS)[number][1]): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ busy: boolean }>`
      select exists (select 1 from messages where status in ('claimed', 'sending'))
        or exists (select 1 from cohorts where status = 'live' and parked_number is distinct from last_number) as busy`.execute(db);
    if (rows[0]!.busy) return installation.kill(victim);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function lines(whole: (text: string) => void): (line: string) => void {
  let text = "";
  return (line) => {
    text += line;
    if (line === "]") whole(text);
  };
}
