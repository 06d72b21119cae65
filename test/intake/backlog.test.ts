import { sql } from "kysely";
import { expect, test } from "vitest";
import { reactToBacklog } from "../../src/intake/backlog.ts";
import { openReactor } from "../../src/intake/lane.ts";
import { insertEvents } from "../../src/store/event.ts";
import { HOME, testConfig } from "../http/serving.ts";
import { testSchema } from "../support/schema.ts";
import { event } from "./world.ts";

const schema = await testSchema();
const { db } = schema;

async function reactions(prefix: string): Promise<Record<string, number>> {
  const { rows } = await sql<{ said: string; n: number }>`
    select type || ' ' || coalesce(reaction ->> 'order', '-') as said, count(*) as n from events
    where customer_id like ${`${prefix}%`} and reacted_at is not null group by 1`.execute(db);
  return Object.fromEntries(rows.map(({ said, n }) => [said, n]));
}

test("a backlog is shared out, and each customer's events stay in their order", async () => {
  const customers = Array.from({ length: 700 }, (_, i) => `shared-${i}`);
  const about = (type: string, customer: string) => event(type, customer, { order_id: `of ${customer}`, amount: 10 });
  // insertEvents stores in the order of the events' ids: one call for each round
  await insertEvents(
    db,
    customers.map((customer) => about("order.paid", customer)),
  );
  await insertEvents(
    db,
    customers.map((customer) => about("order.refunded", customer)),
  );
  let rounds = 0;
  do rounds += 1;
  while (await reactToBacklog({ db, home: HOME, onStimuli: () => undefined }));
  expect(rounds).toBeLessThan(4);
  expect(await reactions("shared-")).toEqual({ "order.paid stored": 700, "order.refunded refunded": 700 });
});

test("events that come in crowds, one after the other, do not keep reactions away", async () => {
  const reactor = openReactor({ db, config: testConfig(schema), home: HOME });
  const crowd = setInterval(() => reactor.kick(1_000), 5);
  try {
    await insertEvents(db, [event("order.paid", "patient", { order_id: "of a patient one", amount: 10 })]);
    await expect.poll(() => reactions("patient"), { timeout: 90_000 }).toEqual({ "order.paid stored": 1 });
  } finally {
    clearInterval(crowd);
    await reactor.stop();
  }
});
