import { createHash } from "node:crypto";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { joinSettled } from "../../src/intake/settled.ts";
import { reactToEvents } from "../../src/intake/react.ts";
import { planCampaign } from "../../src/operate/campaign/plan.ts";
import { showPlan } from "../../src/operate/campaign/plan-show.ts";
import { pauseRun, resumeRun, stopRun } from "../../src/operate/run/pause.ts";
import { setClock } from "../../src/store/clock.ts";
import { insertEvents } from "../../src/store/event.ts";
import { testSchema } from "../support/schema.ts";
import { enteredIn, standing, toldIn } from "./standing.ts";
import { event, happen, HOME } from "./world.ts";

const { db } = await testSchema();
const START = new Date("2026-04-01T02:00:00Z");
const minutes = (n: number) => new Date(START.getTime() + n * 60_000);
const time = (n: number) => minutes(n).toISOString();
beforeEach(() => setClock(db, START, 0));
afterEach(async () => {
  const { rows } = await sql<{ id: string }>`select id from runs where status <> 'stopped'`.execute(db);
  for (const { id } of rows) await stopRun(db, id);
});

const cart = (customer: string, id: unknown, at = 0, more: Record<string, unknown> = {}) =>
  event("cart.updated", customer, { cart_id: id, amount: 120, ...more }, time(at));

test("an event enrols its customer at once, under the key that the campaign names, once", async () => {
  const { run } = await standing(
    db,
    "carts",
    {
      event: {
        type: "cart.updated",
        where: { ">=": [{ var: "event.amount" }, 100] },
        enrolBy: "trigger.cart_id",
      },
    },
    { goal: { convert: { event: "order.paid", within: "P3D" } } },
  );
  const items = [{ name: "Oolong", qty: 2 }];
  const reactions = await happen(
    db,
    cart("A", "c1", 0, { items }),
    cart("A", "c2"),
    cart("A", "c1"),
    cart("B", 7),
    cart("B", "c3", 0, { amount: 99.99 }),
    event("cart.updated", "B", { amount: 500 }, time(0)),
    cart("C", "old", -1),
    event("page.viewed", "C", {}, time(0)),
  );
  const entered = await enteredIn(db, run);
  expect(entered.map(({ customer, key, number }) => [customer, key, number])).toEqual([
    ["A", "c1", 0],
    ["B", "7", 1],
    ["A", "c2", 2],
  ]);
  expect(entered[0]!.trigger).toEqual({ cart_id: "c1", amount: 120, items });
  expect(reactions.map(({ joined, notJoined }) => (joined ? "joined" : notJoined))).toEqual([
    "joined",
    "joined",
    [{ run, reason: "entered-before" }],
    "joined",
    undefined,
    [{ run, reason: "no-key" }],
    undefined,
    undefined,
  ]);
  expect(await toldIn(db, run)).toEqual(["0/0 start", "0/1 start", "0/2 start"]);
  const { rows } = await sql`
    select w.step, w.until from waits w join enrolments e on e.id = w.enrolment where e.run = ${run}`.execute(db);
  expect(rows).toEqual(Array(3).fill({ step: "goal", until: minutes(3 * 1440) }));
});

test("what is larger than an enrolment keeps is refused, and the event says why", async () => {
  const { run } = await standing(db, "large", { event: { type: "cart.updated" } });
  const [small, large] = await happen(
    db,
    cart("D", "x", 0, { note: "n".repeat(16_000) }),
    cart("E", "x", 0, { note: "n".repeat(17_000) }),
  );
  expect([small!.joined, large!.notJoined]).toEqual([[expect.anything()], [{ run, reason: "too-large" }]]);
});

test("without a key a customer enters once, with reentry again after so long and when the journey is over", async () => {
  const once = await standing(db, "once", { event: { type: "enquiry" } });
  const again = await standing(db, "again", { event: { type: "enquiry" } }, { audience: { reentry: "P2D" } });
  const ask = async (day: number) => {
    await setClock(db, minutes(day * 1440), 0);
    const [reaction] = await happen(db, event("enquiry", "R", {}, time(day * 1440)));
    return (reaction!.joined as { run: string }[] | undefined)?.map((one) => one.run) ?? [];
  };
  expect(await ask(0)).toEqual([again.run, once.run]);
  expect(await ask(1)).toEqual([]);
  // still under way
  expect(await ask(3)).toEqual([]);
  await sql`update enrolments set status = 'ended' where run = ${again.run}`.execute(db);
  expect(await ask(3)).toEqual([again.run]);
  expect((await enteredIn(db, again.run)).map((row) => [row.key, row.entry])).toEqual([
    ["", 1],
    ["", 2],
  ]);
});

test("audience, limit and holdout hold for joiners; the holdout can be recomputed by anyone", async () => {
  const { run } = await standing(
    db,
    "limited",
    { event: { type: "enquiry" } },
    { audience: { segment: "never-bought", limit: 200, holdout: 0.3 } },
  );
  await happen(db, event("order.paid", "buyer", { order_id: "b1", amount: 10 }, time(0)));
  const people = Array.from({ length: 250 }, (_, i) => event("enquiry", `L${i}`, {}, time(0)));
  const reactions = await happen(db, event("enquiry", "buyer", {}, time(0)), ...people);
  expect(reactions[0]!.notJoined).toEqual([{ run, reason: "audience" }]);
  const full = reactions.slice(1).flatMap((one) => (one.notJoined ? [one.notJoined] : []));
  expect(full).toEqual(Array(50).fill([{ run, reason: "full" }]));
  const { rows } = await sql<{ customer: number; arm: string; cohort: number | null }>`
    select customer, arm, cohort from enrolments where run = ${run}`.execute(db);
  expect(rows).toHaveLength(200);
  for (const { customer, arm, cohort } of rows) {
    const share = createHash("md5").update(`${run}:${customer}:`).digest().readUInt32BE() / 2 ** 32;
    expect([arm, cohort === null]).toEqual(share < 0.3 ? ["holdout", true] : ["treatment", false]);
  }
  const held = rows.filter((row) => row.arm === "holdout").length;
  expect(held).toBeGreaterThan(35);
  expect(held).toBeLessThan(85);
});

test("an enrolment waits until nothing further has come, and is called off by what the campaign names", async () => {
  const { run } = await standing(db, "left-carts", {
    event: { type: "cart.updated", settle: "PT1H", unless: "order.paid", enrolBy: "trigger.cart_id" },
  });
  const settle = async (at: number) => {
    await setClock(db, minutes(at), 0);
    await joinSettled(db);
    return (await enteredIn(db, run)).map((row) => `${row.customer} ${row.key}`);
  };
  const [first] = await happen(db, cart("S1", "a"), cart("S2", "b"), cart("S3", "c"), cart("S4", "d"), cart("S4", "e"));
  expect(first).toEqual({ customer: "created", settling: [run] });
  // one goes on shopping, one buys, one buys one of two carts
  await setClock(db, minutes(30), 0);
  await happen(
    db,
    cart("S2", "b", 30, { amount: 300 }),
    event("order.paid", "S3", { order_id: "s3", amount: 10 }, time(20)),
    event("order.paid", "S4", { order_id: "s4", amount: 10, cart_id: "d" }, time(20)),
  );
  expect(await settle(59)).toEqual([]);
  expect(await settle(60)).toEqual(["S1 a", "S4 e"]);
  // what is said, but not yet reacted to, is waited for
  await insertEvents(db, [event("page.viewed", "S2", {}, time(80))]);
  expect(await settle(90)).toEqual(["S1 a", "S4 e"]);
  await happen(db);
  expect(await settle(91)).toEqual(["S1 a", "S4 e", "S2 b"]);
  expect((await enteredIn(db, run)).at(-1)!.trigger).toMatchObject({ amount: 300 });
  const { rows } = await sql<{ reaction: object }>`
    select reaction from events where type = 'cart.updated' and data ->> 'cart_id' = 'a'`.execute(db);
  expect(rows[0]!.reaction).toMatchObject({ settling: [run], joined: [{ run }] });
  const { rows: bought } = await sql<{ reaction: object }>`
    select reaction from events where type = 'cart.updated' and data ->> 'cart_id' = 'c'`.execute(db);
  expect(bought[0]!.reaction).toMatchObject({ settling: [run], calledOff: [run] });
  expect((await sql`select from settling`.execute(db)).rows).toEqual([]);
});

test("whoever joins while the run stands still is told so, and afterwards how many pauses there were", async () => {
  const { run } = await standing(db, "paused", { event: { type: "enquiry" } });
  await sql`update runs set status = 'running' where id = ${run}`.execute(db);
  await pauseRun(db, run);
  await happen(db, event("enquiry", "P1", {}, time(0)));
  await setClock(db, minutes(1), 0);
  await resumeRun(db, run);
  await happen(db, event("enquiry", "P2", {}, time(1)));
  const { rows } = await sql<{ body: object }>`
    select body from stimuli where run = ${run} and body ->> 'kind' = 'start' order by id`.execute(db);
  expect(rows.map((row) => row.body)).toEqual([
    expect.objectContaining({ kind: "start", paused: true }),
    expect.objectContaining({ kind: "start", resumes: 1 }),
  ]);
});

test("an active campaign is not launched a second time, and a run that was stopped takes nobody", async () => {
  const { run } = await standing(db, "single", { event: { type: "enquiry" } });
  await expect(standing(db, "single", { event: { type: "enquiry" } })).rejects.toThrow("active already");
  await stopRun(db, run);
  const [reaction] = await happen(db, event("enquiry", "T1", {}, time(0)));
  expect(reaction).toEqual({ customer: "created" });
  expect((await standing(db, "single", { event: { type: "enquiry" } })).run).toBe("single-2");
});

test("those who react at the same time enrol everybody once, up to the limit, without a gap in the numbers", async () => {
  const { run } = await standing(db, "crowd", { event: { type: "enquiry" } }, { audience: { limit: 900 } });
  const events = Array.from({ length: 1200 }, (_, i) => event("enquiry", `W${i % 1000}`, {}, time(0)));
  await insertEvents(db, events);
  const reactor = async () => {
    while (await reactToEvents({ db, home: HOME, onStimuli: () => undefined })) continue;
  };
  await Promise.all([reactor(), reactor(), reactor(), reactor()]);
  const entered = await enteredIn(db, run);
  expect(entered.map((row) => row.number)).toEqual(Array.from({ length: 900 }, (_, i) => i));
  expect(new Set(entered.map((row) => row.customer)).size).toBe(900);
  expect(new Set(entered.map((row) => `${row.cohort}/${row.member}`)).size).toBe(900);
  expect((await toldIn(db, run)).filter((told) => told.endsWith("start"))).toHaveLength(900);
});

test("a plan of such a campaign says what brings customers in, and speaks of who could join", async () => {
  const { program } = await standing(db, "planned", {
    event: { type: "cart.updated", settle: "PT1H", enrolBy: "trigger.cart_id" },
  });
  const plan = await planCampaign(db, program, ["email"], START);
  const [en, zh] = [showPlan(plan, "en"), showPlan(plan, "zh-CN")];
  expect(en).toContain("Trigger: an event cart.updated, PT1H after the last one, told apart by cart_id");
  expect(en).toContain("could join");
  expect(zh).toContain("触发：事件 cart.updated，PT1H 内无新事件后，按 cart_id 区分");
});
