import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { code, type Step, type WebhookStep } from "../../src/campaign/program.ts";
import { openWebhooks } from "../../src/delivery/webhook.ts";
import { typescriptArguments } from "../../src/local/process.ts";
import { setClock } from "../../src/store/clock.ts";
import { enrolled, LAUNCH, programOf, type World } from "../activities/world.ts";
import { testSchema } from "../support/schema.ts";
import { configFor, until } from "./world.ts";

const { db, schema } = await testSchema();
beforeEach(() => setClock(db, LAUNCH, 1));
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface Call {
  headers: IncomingHttpHeaders;
  json: { type: string; data: Record<string, unknown> };
}

/** Another system on this machine that answers what the test says; 200 by default. */
async function otherSide(answer: (nth: number) => number | "nothing" = () => 200) {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      calls.push({ headers: request.headers, json: JSON.parse(Buffer.concat(chunks).toString()) as Call["json"] });
      const status = answer(calls.length);
      if (status !== "nothing") response.writeHead(status, { "retry-after": "0.05" }).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(() => server.close().closeAllConnections());
  return { calls, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

function worldWith(url: string, step: Partial<WebhookStep> = {}, size = 2): Promise<World> {
  const tell: WebhookStep = {
    kind: "webhook",
    id: "tell",
    hook: "crm",
    body: {
      greeting: { op: "literal", type: "string", value: "hello" },
      price: { op: "literal", type: "money", value: 1_999 },
    },
    within: { days: 0, minutes: 60 },
    tries: 4,
    ...step,
  };
  const steps: Record<string, Step> = {
    tell,
    "tell/expire": { kind: "expire", id: "tell", of: "tell", as: "timeout" },
    last: { kind: "exit", id: "last", reason: "over" },
  };
  const webhooks = { crm: { id: "crm", url, secret: "CRM_SECRET", timeoutSeconds: 5 } };
  return enrolled(db, { program: programOf(steps, { webhooks }), size });
}

function deliver(more: { env?: Record<string, string>; leaseMs?: number; hosts?: string[] } = {}) {
  let told = 0;
  const errors: unknown[] = [];
  const lane = openWebhooks({
    db,
    config: configFor(schema, { webhookPrivateHosts: more.hosts ?? ["127.0.0.1"] }),
    env: more.env ?? { CRM_SECRET: "s3cret" },
    leaseMs: more.leaseMs ?? 10_000,
    sweepMs: 50,
    onStimuli: () => (told += 1),
    onError: (error) => errors.push(error),
  });
  open.push(() => lane.stop());
  return { told: () => told, errors };
}
const rows = async ({ run }: World) =>
  (
    await sql<{ status: string; reason: string | null; http: number | null; attempts: number }>`
      select status, reason, http_status as http, attempts from webhook_calls where run = ${run} order by id`.execute(
      db,
    )
  ).rows;
const settled = (world: World) =>
  until(async () => (await rows(world)).every(({ status }) => status !== "pending" && status !== "claimed"));
const stimuli = async ({ run }: World) =>
  (
    await sql<{ member: number; body: { outcome: number } }>`
    select member, body from stimuli where run = ${run} order by member`.execute(db)
  ).rows;

describe("a webhook", () => {
  test("tells the other system once per customer, and the journey hears what it said", async () => {
    const { calls, url } = await otherSide();
    const world = await worldWith(url);
    expect((await world.act("tell")).map((each) => each.outcome)).toEqual(["waiting", "waiting"]);
    await world.act("tell");
    expect(new Set(world.woken)).toEqual(new Set(["webhook"]));
    const { told } = deliver();
    await settled(world);
    expect(await rows(world)).toEqual([1, 2].map(() => ({ status: "accepted", reason: null, http: 200, attempts: 1 })));
    expect(new Set(calls.map(({ headers }) => headers["webhook-id"]))).toEqual(
      new Set([0, 1].map((n) => `${world.run}/${n}/tell`)),
    );
    expect(calls[0]!.json).toMatchObject({
      type: "campaign.step",
      data: { campaign: "spring", run: world.run, step: "tell", body: { greeting: "hello", price: 19.99 } },
    });
    expect(calls[0]!.json.data.customer_id).toMatch(/^C\d+$/);
    expect(await stimuli(world)).toMatchObject(
      [0, 1].map((member) => ({ member, body: { kind: "met", pc: 0, occurrence: 1, outcome: code("met") } })),
    );
    expect(told()).toBe(2);
    const kept = await sql`select data from enrolments where run = ${world.run}`.execute(db);
    expect(kept.rows).toEqual([1, 2].map(() => ({ data: { tell: { status: 200 } } })));
  });

  test("is tried again while the other side is busy, under the same id, and then taken", async () => {
    const { calls, url } = await otherSide((nth) => (nth < 3 ? 503 : 200));
    const world = await worldWith(url, {}, 1);
    await world.act("tell");
    deliver();
    await settled(world);
    expect(await rows(world)).toEqual([{ status: "accepted", reason: null, http: 200, attempts: 3 }]);
    expect(new Set(calls.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  });

  test.each([
    ["refused", 422, 1, "http-422"],
    ["busy for too long", 503, 4, "http-503"],
  ] as const)("%s, the journey takes the other way", async (_, status, attempts, reason) => {
    const { url } = await otherSide(() => status);
    const world = await worldWith(url, {}, 1);
    await world.act("tell");
    deliver();
    await settled(world);
    expect(await rows(world)).toEqual([{ status: "failed", reason, http: status, attempts }]);
    expect((await stimuli(world)).map(({ body }) => body.outcome)).toEqual([code("failed")]);
  });

  test("not taken in time is withdrawn", async () => {
    const { calls, url } = await otherSide();
    const world = await worldWith(url, {}, 1);
    await world.act("tell");
    expect((await world.act("tell/expire"))[0]!.outcome).toBe("timeout");
    deliver();
    expect(await rows(world)).toEqual([{ status: "withheld", reason: "expired", http: null, attempts: 0 }]);
    expect(calls).toEqual([]);
  });

  test("leaves neither on a demo clock, nor without its secret, nor to where nobody allowed it", async () => {
    const { calls, url } = await otherSide();
    const demo = await worldWith(url, {}, 1);
    await demo.act("tell");
    await setClock(db, LAUNCH, 0);
    deliver({});
    await settled(demo);
    expect(await rows(demo)).toMatchObject([{ status: "withheld", reason: "demo-clock" }]);
    expect((await stimuli(demo)).map(({ body }) => body.outcome)).toEqual([code("failed")]);
    for (const close of open.splice(1)) await close();
    await setClock(db, LAUNCH, 1);
    for (const [more, reason] of [
      [{ env: {} }, "no-secret"],
      [{ hosts: [] }, "not-https"],
    ] as const) {
      const world = await worldWith(url, {}, 1);
      await world.act("tell");
      deliver(more as Parameters<typeof deliver>[0]);
      await settled(world);
      expect(await rows(world)).toMatchObject([{ status: "failed", reason }]);
      for (const close of open.splice(1)) await close();
    }
    expect(calls).toEqual([]);
  });

  test("of a stopped run does not leave; of a paused one it waits", async () => {
    const { calls, url } = await otherSide();
    const world = await worldWith(url, {}, 1);
    await world.act("tell");
    await sql`update runs set status = 'paused' where id = ${world.run}`.execute(db);
    const { errors } = deliver();
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(await rows(world)).toMatchObject([{ status: "pending", attempts: 0 }]);
    await sql`update runs set status = 'stopped' where id = ${world.run}`.execute(db);
    await settled(world);
    expect(await rows(world)).toMatchObject([{ status: "withheld", reason: "stopped" }]);
    expect([calls, errors]).toEqual([[], []]);
  });

  test(
    "in the hands of a process that dies is told again under the same id, and counts once",
    { timeout: 300_000 },
    async () => {
      const { calls, url } = await otherSide((nth) => (nth === 1 ? "nothing" : 200));
      const world = await worldWith(url, {}, 1);
      await world.act("tell");
      const config = configFor(schema, { webhookPrivateHosts: ["127.0.0.1"] });
      const child = spawn(
        process.execPath,
        [...typescriptArguments(new URL("./child.ts", import.meta.url)), JSON.stringify(config), "1000"],
        { env: { ...process.env, CRM_SECRET: "s3cret" }, stdio: "ignore" },
      );
      await until(() => calls.length === 1);
      child.kill("SIGKILL");
      await once(child, "exit");
      deliver({ leaseMs: 1_000 });
      await settled(world);
      expect(calls.map(({ headers }) => headers["webhook-id"])).toEqual([1, 2].map(() => `${world.run}/0/tell`));
      expect(await rows(world)).toEqual([{ status: "accepted", reason: null, http: 200, attempts: 2 }]);
      expect(await stimuli(world)).toHaveLength(1);
    },
  );
});
