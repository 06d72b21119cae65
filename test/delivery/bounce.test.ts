import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDelivery } from "../../src/delivery/delivery.ts";
import { isSuppressed } from "../../src/store/suppression.ts";
import { mailServer, type MailServer } from "../support/smtp.ts";
import { testSchema } from "../support/schema.ts";
import { configFor, until, world } from "./world.ts";

const { db, schema } = await testSchema();
let server: MailServer;
let delivery: { stop(): Promise<void> };
const gone = new Set<string>();
beforeAll(async () => {
  server = await mailServer({
    onRcptTo: ({ address }, _session, done) =>
      done(gone.has(address) ? Object.assign(new Error("5.1.1 no such user"), { responseCode: 550 }) : null),
  });
  const config = configFor(schema, { smtpUrl: server.url });
  delivery = await openDelivery({ db, secret: "a secret for these tests", sweepMs: 50, config });
});
afterAll(async () => {
  await delivery.stop();
  await server.close();
});

test("nobody at the address: it is suppressed, so that the next message is not even tried; others are not", async () => {
  const w = await world(db, 3);
  const addresses = w.customers.map((customer) => `c${customer}@example.com`);
  gone.add(addresses[1]!);
  await w.queue({ step: "first" });
  await until(async () => (await w.counts()).accepted === 2 && (await w.counts()).rejected === 1);
  const known = addresses.map((value) => ({ channel: "email", value }));
  await until(async () => (await isSuppressed(db, known)).includes(true));
  expect(await isSuppressed(db, known)).toEqual([false, true, false]);
  const { rows } = await sql<{ reason: string }>`select reason from suppressions`.execute(db);
  expect(rows).toEqual([{ reason: "bounced" }]);

  await w.queue({ step: "second" });
  await until(async () => (await w.counts()).accepted === 4);
  await until(async () => (await w.counts())["withheld suppressed:email"] === 1);
});
