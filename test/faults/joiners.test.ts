import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { sql } from "kysely";
import { afterAll, expect, inject, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { reactToEvents } from "../../src/intake/react.ts";
import { stopRun } from "../../src/operate/run/pause.ts";
import { typescriptArguments } from "../../src/local/process.ts";
import { setClock } from "../../src/store/clock.ts";
import { insertEvents } from "../../src/store/event.ts";
import { standing } from "../intake/standing.ts";
import { testSchema } from "../support/schema.ts";

const { db, schema, url } = await testSchema();
const TETHER = new URL("../../src/local/tether.mjs", import.meta.url);
const START = new Date("2026-04-01T02:00:00Z");
const home = { currency: "CNY", timezone: "Asia/Shanghai" };
const config = {
  ...readConfig({ REKINDLE_SCHEMA: schema }),
  databaseUrl: url,
  redisUrl: inject("redisUrl"),
  temporalAddress: inject("temporalAddress"),
  smtpUrl: "smtp://127.0.0.1:9", // so that mail can be sent; nobody does
};
const workers: ChildProcess[] = [];
afterAll(() => {
  for (const worker of workers) worker.kill("SIGKILL");
});

/** @param fatal a worker that dies right after a transaction with this statement was committed */
function startWorker(fatal?: string): ChildProcess {
  const script = new URL("./mortal-worker.ts", import.meta.url);
  const given = [JSON.stringify(config), ...(fatal === undefined ? [] : [fatal])];
  const child = spawn(process.execPath, [...typescriptArguments(script, TETHER), ...given], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  workers.push(child);
  return child;
}

async function fillCart(customer: string, cart: string): Promise<void> {
  await insertEvents(db, [
    {
      ...{ source: "shop", id: `${customer}-${cart}`, type: "cart.updated", customerId: customer, occurredAt: START },
      data: { cart_id: cart, amount: 120 },
    },
  ]);
  while (await reactToEvents({ db, home, onStimuli: () => undefined }));
}

/** "C1 a": whom a first mail is stored for, and for which cart */
async function mailed(): Promise<string[]> {
  const { rows } = await sql<{ mail: string }>`
    select c.customer_id || ' ' || e.key as mail from messages m join enrolments e on e.id = m.enrolment
    join customers c on c.id = m.customer order by 1`.execute(db);
  return rows.map((row) => row.mail);
}

test(
  "whom an event brings gets the first mail at once and once, also when workers die with it in hand",
  { timeout: 600_000 },
  async () => {
    await setClock(db, START, 0);
    await sql`insert into customers (customer_id, created_at) select 'C' || n, ${START} from generate_series(1, 9) n`.execute(
      db,
    );
    await sql`insert into contacts (customer, kind, value, created_at)
      select id, 'email', customer_id || '@example.com', ${START} from customers`.execute(db);
    await sql`insert into consents (customer, channel, granted, source, at)
      select id, 'email', true, 'test', ${START} from customers`.execute(db);
    const { run } = await standing(db, "carts", { event: { type: "cart.updated", enrolBy: "trigger.cart_id" } });

    // the first worker dies with the first mails stored and not yet answered
    const first = startWorker("insert into messages");
    await fillCart("C1", "a");
    await fillCart("C1", "b");
    expect(await once(first, "exit", { signal: AbortSignal.timeout(300_000) })).toEqual([null, "SIGKILL"]);
    // while nobody works, others join
    await fillCart("C2", "c");
    await fillCart("C1", "a");
    startWorker();
    await expect.poll(mailed, { timeout: 90_000, interval: 100 }).toEqual(["C1 a", "C1 b", "C2 c"]);
    await fillCart("C3", "d");
    await expect.poll(mailed, { timeout: 90_000, interval: 100 }).toEqual(["C1 a", "C1 b", "C2 c", "C3 d"]);

    const { rows } = await sql<{ steps: number; enrolments: number; cohorts: number }>`
      select (select count(*) from ledger)::int as steps, (select count(*) from enrolments)::int as enrolments,
        (select count(*) from cohorts)::int as cohorts`.execute(db);
    expect(rows).toEqual([{ steps: 4, enrolments: 4, cohorts: 1 }]);
    await stopRun(db, run);
    await expect
      .poll(async () => (await sql`select 1 from cohorts where status <> 'ended'`.execute(db)).rows, {
        timeout: 90_000,
      })
      .toEqual([]);
  },
);
