import { expect, test } from "vitest";
import { openDelivery } from "../../src/delivery/delivery.ts";
import { mailServer } from "../support/smtp.ts";
import { testSchema } from "../support/schema.ts";
import { configFor, until, world } from "./world.ts";

const { db, schema } = await testSchema();

test("a claim that was stored, but whose answer a lost connection swallowed, does not wait for its lease to end", async () => {
  const server = await mailServer();
  const w = await world(db, 30);
  await w.queue();
  let lost = false;
  const lossy = db.withPlugin({
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      if (lost || !result.rows.some((row) => "validUntil" in row)) return result;
      lost = true;
      throw new Error("Connection terminated unexpectedly");
    },
  });
  const delivery = await openDelivery({
    db: lossy,
    config: configFor(schema, { smtpUrl: server.url }),
    secret: "a secret for these tests",
    leaseMs: 60_000,
    sweepMs: 100,
    onError: () => undefined,
  });
  await until(async () => (await w.counts()).accepted === 30);
  expect(lost).toBe(true);
  expect(new Set(server.mails.map(({ messageId }) => messageId)).size).toBe(30);
  expect(server.mails.length).toBe(30);
  await delivery.stop();
  await server.close();
});
