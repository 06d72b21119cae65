import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { sql } from "kysely";
import { afterEach, expect, inject, test } from "vitest";
import { openDelivery } from "../../src/delivery/delivery.ts";
import { InputError } from "../../src/fault.ts";
import { typescriptArguments } from "../../src/local/process.ts";
import { listMessages, settleMessage } from "../../src/operate/message.ts";
import { mailServer } from "../support/smtp.ts";
import { testSchema } from "../support/schema.ts";
import { configFor, until, world, type World } from "./world.ts";

const { db, schema } = await testSchema();
const LEASE = 2_000;
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

async function child(smtpUrl: string): Promise<ChildProcess> {
  const script = new URL("./child.ts", import.meta.url);
  const databaseUrl = new URL(inject("databaseUrl"));
  databaseUrl.searchParams.set("application_name", schema); // so that its connections can be told from others'
  const config = JSON.stringify(configFor(schema, { smtpUrl, databaseUrl: databaseUrl.href }));
  const started = spawn(process.execPath, [...typescriptArguments(script), config, String(LEASE)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(started);
  await once(started.stdout!, "data");
  return started;
}

function here(smtpUrl: string) {
  return openDelivery({
    db,
    config: configFor(schema, { smtpUrl }),
    secret: "a secret for these tests",
    leaseMs: LEASE,
    sweepMs: 100,
  });
}

async function settled(w: World) {
  await until(async () => {
    const counts = await w.counts();
    return !counts.pending && !counts.claimed && !counts.sending;
  });
}

test("three processes compete: each message arrives exactly once, and more than one of them works", async () => {
  const server = await mailServer({ delayMs: 40 });
  const w = await world(db, 600);
  const processes = await Promise.all([child(server.url), child(server.url), child(server.url)]);
  await w.queue();
  await settled(w);
  expect(await w.counts()).toEqual({ accepted: 600 });
  expect(server.mails.length).toBe(600);
  expect(new Set(server.mails.map(({ messageId }) => messageId)).size).toBe(600);
  const { rows } = await sql<{
    by: string;
  }>`select distinct claimed_by as by from messages where run = ${w.run}`.execute(db);
  expect(rows.length).toBeGreaterThan(1);
  for (const one of processes) one.kill("SIGKILL");
  await server.close();
});

test("kill -9 in the middle: each message is accepted exactly once, or one of at most twenty that are unknown", async () => {
  const server = await mailServer({ delayMs: 30 });
  const w = await world(db, 400);
  await w.queue();
  const victim = await child(server.url);
  await until(() => server.mails.length > 60);
  victim.kill("SIGKILL");
  await once(victim, "exit");
  const delivery = await here(server.url);
  await settled(w);
  const messages = await listMessages(db, w.run, { limit: 1_000 });
  const unknown = messages.filter(({ status }) => status === "unknown");
  expect(messages.filter(({ status }) => status === "accepted").length + unknown.length).toBe(400);
  expect(unknown.length).toBeLessThanOrEqual(20);
  expect(unknown.map(({ reason }) => reason)).toEqual(unknown.map(() => "process-lost"));

  const arrived = new Map<string, number>();
  for (const { messageId } of server.mails) arrived.set(messageId, (arrived.get(messageId) ?? 0) + 1);
  expect([...arrived.values()].every((times) => times === 1)).toBe(true);
  for (const { id, status } of messages) if (status === "accepted") expect(arrived.get(id)).toBe(1);

  // what the mail server's log says can be told, once
  for (const { id } of unknown) await settleMessage(db, id, arrived.has(id) ? "accepted" : "rejected");
  expect((await w.counts()).unknown).toBeUndefined();
  await expect(settleMessage(db, messages[0]!.id, "accepted")).rejects.toThrow(InputError);
  await delivery.stop();
  await server.close();
});

test("a stop in the middle finishes what is under way and gives the rest back", async () => {
  const server = await mailServer({ delayMs: 10 });
  const w = await world(db, 300);
  await w.queue();
  const delivery = await here(server.url);
  await until(() => server.mails.length > 30);
  await delivery.stop();
  const { accepted = 0, pending = 0 } = await w.counts();
  expect(accepted).toBe(server.mails.length);
  expect(accepted + pending).toBe(300);
  expect(pending).toBeGreaterThan(0);
  const next = await here(server.url);
  await settled(w);
  expect(new Set(server.mails.map(({ messageId }) => messageId)).size).toBe(300);
  expect(server.mails.length).toBe(300);
  await next.stop();
  await server.close();
});

test("a database that drops every connection in the middle repeats no mail", async () => {
  const server = await mailServer({ delayMs: 10 });
  const w = await world(db, 300);
  await w.queue();
  const victim = await child(server.url);
  for (let i = 1; i <= 3; i++) {
    await until(() => server.mails.length > i * 50);
    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${schema}`.execute(db);
  }
  await settled(w);
  victim.kill("SIGKILL");
  const messages = await listMessages(db, w.run, { limit: 1_000 });
  const ids = server.mails.map(({ messageId }) => messageId);
  expect(new Set(ids).size).toBe(ids.length);
  const accepted = messages.filter(({ status }) => status === "accepted").map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(accepted));
  // a commit that went through although its connection was lost leaves its twenty unknown at worst
  expect(messages.filter(({ status }) => status === "unknown").length).toBe(300 - accepted.length);
  expect(accepted.length).toBeGreaterThanOrEqual(300 - 3 * 20);
  await server.close();
});
