import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Client, Connection } from "@temporalio/client";
import { sql } from "kysely";
import { afterAll, expect, inject, test } from "vitest";
import type { SendStep, WaitForStep } from "../../src/campaign/program.ts";
import { readConfig } from "../../src/config.ts";
import { reactToEvents } from "../../src/intake/react.ts";
import { typescriptArguments } from "../../src/local/process.ts";
import { minuteOf } from "../../src/store/clock.ts";
import { insertEvents } from "../../src/store/event.ts";
import { stepClock } from "../../src/operate/clock.ts";
import { cohortWorkflowId } from "../../src/temporal/client.ts";
import { at, enrolled, LAUNCH, programOf } from "../activities/world.ts";
import { UPKEEP } from "../../src/store/maintenance.ts";
import { removeSchedule } from "../../src/temporal/schedule.ts";
import { testSchema } from "../support/schema.ts";

const { db, schema, url } = await testSchema();
const TETHER = new URL("../../src/local/tether.mjs", import.meta.url);
const home = { currency: "CNY", timezone: "Asia/Shanghai" };
const config = {
  ...readConfig({ REKINDLE_SCHEMA: schema }),
  databaseUrl: url,
  redisUrl: inject("redisUrl"),
  temporalAddress: inject("temporalAddress"),
  smtpUrl: "smtp://127.0.0.1:9", // so that mail can be sent; nobody does
};
const workers: ChildProcess[] = [];
const connection = await Connection.connect({ address: inject("temporalAddress") });
const client = new Client({ connection });
const { workflow } = client;
afterAll(async () => {
  for (const worker of workers) worker.kill("SIGKILL");
  // the worker's own, which would else go on in the server that the suite shares
  for (const what of UPKEEP) await removeSchedule({ client }, `${schema}/${what}`);
  await connection.close();
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

async function died(worker: ChildProcess): Promise<void> {
  expect(await once(worker, "exit", { signal: AbortSignal.timeout(300_000) })).toEqual([null, "SIGKILL"]);
}

const week = { days: 7, minutes: 0 };
const mail: Omit<SendStep, "id"> = {
  ...{ kind: "send", channels: ["email"], template: "invite", sendKind: "service", topic: "service", validFor: week },
};
const order: WaitForStep = {
  kind: "waitFor",
  id: "order",
  event: "order.paid",
  since: "step",
  within: week,
};
const program = programOf(
  {
    invite: { ...mail, id: "invite" },
    order,
    "order/expire": { kind: "expire", id: "order", of: "order", as: "timeout" },
    thanks: { ...mail, id: "thanks" },
  },
  {
    code: {
      machine: 1,
      registers: 0,
      instructions: [
        { do: "op", root: 0, step: "invite", next: 1 },
        { do: "op", root: 1, step: "order", next: 3, within: week, expire: 2 },
        { do: "op", root: 1, step: "order/expire", next: 3 },
        { do: "op", root: 2, step: "thanks", next: 4 },
        { do: "end", root: 3 },
      ],
    },
  },
);
const SIZE = 20;

test(
  "an event between an op and its wait, or while the worker is dead that committed the wait, is seen once",
  { timeout: 600_000 },
  async () => {
    await at(db, LAUNCH);
    const { run } = await enrolled(db, { program, size: SIZE });
    await sql`update runs set status = 'starting' where id = ${run}`.execute(db);
    await sql`update cohorts set status = 'starting' where run = ${run}`.execute(db);
    const { rows: people } = await sql<{ customer: string }>`
    select c.customer_id as customer from enrolments e join customers c on c.id = e.customer where e.run = ${run} order by e.member`.execute(
      db,
    );

    /** members [from, to) buy, and intake reacts at once */
    async function buy(from: number, to: number) {
      await insertEvents(
        db,
        people.slice(from, to).map(({ customer: customerId }) => ({
          ...{ source: "shop", id: `order-${customerId}`, type: "order.paid", customerId, occurredAt: LAUNCH },
          data: { order_id: `order-${customerId}`, amount: 120 },
        })),
      );
      while (await reactToEvents({ db, home, onStimuli: () => undefined }));
    }
    const ledgerOf = async (step: string) =>
      (
        await sql<{ member: number; outcome: number }>`
      select e.member, l.outcome from ledger l join enrolments e on e.id = l.enrolment
      where e.run = ${run} and l.step = ${step} order by e.member`.execute(db)
      ).rows;
    const messagesOf = async (step: string) =>
      (
        await sql<{ member: number }>`
      select e.member from messages m join enrolments e on e.id = m.enrolment
      where m.run = ${run} and m.step = ${step} order by e.member`.execute(db)
      ).rows.map((row) => row.member);
    const pending = async () => {
      const { raw } = await workflow.getHandle(cohortWorkflowId(schema, run, 0)).describe();
      return (raw.pendingActivities ?? []).map(({ activityType }) => activityType?.name);
    };
    const members = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
    const all = members(0, SIZE);

    // the first worker dies between the invitation and the wait; five buy meanwhile
    await died(startWorker("insert into messages"));
    expect(await messagesOf("invite")).toEqual(all);
    expect([await ledgerOf("order"), await pending()]).toEqual([[], ["act"]]);
    await buy(0, 5);

    // the second one dies with the waits committed; five more buy, and those waits are met in the database alone
    await died(startWorker("insert into waits"));
    expect((await ledgerOf("order")).map((row) => row.member)).toEqual(all);
    expect([await messagesOf("thanks"), await pending()]).toEqual([[], ["act"]]);
    await buy(5, 10);
    expect(await statuses()).toEqual({ met: 10, open: 10 });

    // the third one lives; some buy while it does, and the last five never
    startWorker();
    await expect.poll(() => messagesOf("thanks"), { timeout: 90_000, interval: 100 }).toEqual(members(0, 10));
    await buy(10, 15);
    await expect.poll(() => messagesOf("thanks"), { timeout: 90_000, interval: 100 }).toEqual(members(0, 15));
    await rest();
    await stepClock(db, minuteOf(LAUNCH) + 7 * 1440 + 1);
    await expect.poll(() => messagesOf("thanks"), { timeout: 90_000, interval: 100 }).toEqual(all);
    await expect
      .poll(async () => (await workflow.getHandle(cohortWorkflowId(schema, run, 0)).describe()).status.name, {
        timeout: 90_000,
      })
      .toBe("COMPLETED");

    // each step was decided once, nobody was told twice
    for (const step of ["invite", "order", "thanks"])
      expect((await ledgerOf(step)).map((row) => row.member)).toEqual(all);
    expect(await messagesOf("invite")).toEqual(all);
    expect(await statuses()).toEqual({ met: 15, expired: 5 });
    const { rows: told } = await sql<{ member: number }>`
    select member from stimuli where run = ${run} and body ->> 'kind' = 'met' order by member`.execute(db);
    expect(told.map((row) => row.member)).toEqual(members(5, 15));

    async function statuses() {
      const { rows } = await sql<{ status: string; n: number }>`
      select w.status, count(*)::int as n from waits w join enrolments e on e.id = w.enrolment
      where e.run = ${run} and w.kind = 'event' group by 1 order by 1`.execute(db);
      return Object.fromEntries(rows.map(({ status, n }) => [status, n]));
    }
    async function rest() {
      await expect
        .poll(
          async () => {
            const { rows } = await sql<{ resting: boolean }>`
          select parked_number is not distinct from last_number and not exists (select 1 from stimuli where sent_at is null) as resting
          from cohorts where run = ${run}`.execute(db);
            return rows[0]!.resting;
          },
          { timeout: 300_000 },
        )
        .toBe(true);
    }
  },
);
