import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { createActivities } from "../../activities/index.ts";
import { type SendStep, type Step, type TaskStep } from "../../src/campaign/program.ts";
import { minuteOf, now, timeOf } from "../../src/store/clock.ts";
import { supersede } from "../../src/store/conversion.ts";
import { lockCustomers } from "../../src/store/customer.ts";
import { openDatabase } from "../../src/store/database.ts";
import { testSchema } from "../support/schema.ts";
import { at, byMember, count, enrolled, LAUNCH, programOf } from "./world.ts";

const { db, url, schema } = await testSchema();
const NOW = minuteOf(LAUNCH);
beforeEach(async () => void (await at(db, LAUNCH)));

const invite: SendStep = {
  kind: "send",
  id: "invite",
  channels: ["email"],
  template: "invite",
  sendKind: "promotion",
  topic: "promotion",
  validFor: { days: 2, minutes: 0 },
  coupon: "ten",
};
const call: TaskStep = {
  kind: "task",
  id: "call",
  team: "sales",
  by: "team",
  title: "Call",
  due: { days: 3, minutes: 0 },
  attempts: 1,
  sendKind: "service",
  outcomes: [{ id: "ok", connected: true }],
};
const steps: Record<string, Step> = {
  invite,
  call,
  "days/open": { kind: "challengeOpen", id: "days", event: "check_in", days: 30, at: 540, gifts: [] },
  order: { kind: "waitFor", id: "order", event: "order.paid", since: "step", within: { days: 7, minutes: 0 } },
  repair: { kind: "complaint", id: "repair", severity: "low", team: "service" },
  "call/expire": { kind: "expire", id: "call", of: "call", as: "overdue" },
  leave: { kind: "exit", id: "leave", reason: "done" },
};
const ten = {
  id: "ten",
  name: { en: "10", "zh-CN": "10" },
  amountOff: 1000,
  minimum: 0,
  validFor: { days: 9, minutes: 0 },
  prefix: "T",
  limit: 100_000,
};
const program = programOf(steps, { coupons: { ten } });

describe("the same batch", () => {
  test.each(Object.keys(steps))("of %s, eight times at once and once later: one answer, one effect", async (step) => {
    const world = await enrolled(db, { program, size: 50 });
    if (step === "call/expire") await world.act("call");
    const effects = ["messages", "coupons", "tasks", "challenges", "waits", "complaints"];
    const counts = async () =>
      Promise.all(effects.map((table) => count(db, table, `enrolment = any('{${world.enrolments.join()}}')`)));
    const answers = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(() => world.act(step)));
    const after = await counts();
    await at(db, NOW + 90);
    answers.push(await world.act(step));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await counts()).toEqual(after);
    expect(await world.ledger()).toHaveLength(step === "call/expire" ? 100 : 50);
    expect(answers[0]!.every((each) => each.at === NOW)).toBe(true);
  });

  test("in parts that overlap gives the same as in one", async () => {
    const world = await enrolled(db, { program, size: 30 });
    const members = Array.from({ length: 30 }, (_, i) => i);
    const [low, high] = await Promise.all([
      world.act("invite", { members: members.slice(0, 20) }),
      world.act("invite", { members: members.slice(10).reverse() }),
    ]);
    const whole = await world.act("invite");
    expect(whole).toEqual(members.map((member) => low[member] ?? high[member]));
    expect(await count(db, "messages", `run = '${world.run}'`)).toBe(30);
  });

  test("a later attempt is decided anew", async () => {
    const world = await enrolled(db, { program, size: 1 });
    await sql`insert into ledger select id, 'invite', 1, 1, 4, '{problem-first}', ${NOW + 60}, ${LAUNCH}, ${LAUNCH} from enrolments where run = ${world.run}`.execute(
      db,
    );
    expect(await world.act("invite")).toEqual([{ outcome: "deferred", at: NOW, value: NOW + 60 }]);
    expect(await world.act("invite", { attempt: 2, due: NOW + 60 })).toEqual([{ outcome: "queued", at: NOW + 60 }]);
  });
});

describe("members that are not to be decided", () => {
  test("ended, superseded, erased and paused ones are told so, and nothing is stored", async () => {
    const world = await enrolled(db, { program, size: 3 });
    await sql`update enrolments set status = 'ended' where id = ${world.enrolments[0]}`.execute(db);
    await sql`update enrolments set epoch = 1 where id = ${world.enrolments[1]}`.execute(db);
    await sql`update runs set status = 'paused' where id = ${world.run}`.execute(db);
    await sql`insert into run_pauses (run, paused_at, resumed_at) values (${world.run}, '2026-03-01', '2026-03-02'), (${world.run}, ${LAUNCH}, null)`.execute(
      db,
    );
    const [ended, superseded, paused, ...others] = await world.act("invite", { members: [0, 1, 2, 9] });
    expect(ended).toEqual({ outcome: "ended", at: NOW });
    expect(superseded).toEqual({ outcome: "superseded", at: NOW });
    expect(paused).toEqual({ outcome: "paused", at: NOW, value: 2 });
    expect(others.at(-1)).toEqual({ outcome: "ended", at: NOW }); // no such member
    expect(await world.ledger()).toEqual([]);
    await sql`update runs set status = 'running' where id = ${world.run}`.execute(db);
    expect((await world.act("invite", { members: [2] }))[2]!.outcome).toBe("queued");
    await sql`update runs set status = 'stopped' where id = ${world.run}`.execute(db);
    expect((await world.act("order", { members: [2] }))[2]!.outcome).toBe("ended");
  });

  test("positions move forward with the ops, never back", async () => {
    const world = await enrolled(db, { program, size: 2 });
    await world.act("order");
    await world.act("invite");
    await world.act("repair", { members: [1] });
    const { rows } = await sql<{
      position: number;
    }>`select position from enrolments where run = ${world.run} order by id`.execute(db);
    expect(rows.map((row) => row.position)).toEqual([3, 4]);
  });
});

describe("one member's trouble", () => {
  test("is that member's outcome: the other 99 go on", async () => {
    const world = await enrolled(db, { program, size: 100 });
    await sql`update enrolments set zone = 'Mars/Phobos' where id = ${world.enrolments[37]}`.execute(db);
    const outcomes = (await world.act("invite")).map((each) => each.outcome);
    expect(outcomes.filter((outcome) => outcome === "queued")).toHaveLength(99);
    expect(outcomes[37]).toBe("failed");
    expect((await world.ledger())[37]).toMatchObject({ outcome: "failed", reasons: ["out-of-range"] });
    expect(await count(db, "messages", `run = '${world.run}'`)).toBe(99);
    expect(world.woken).toEqual(["deliver"]);
    expect((await world.act("invite")).map((each) => each.outcome)).toEqual(outcomes);
  });

  test("found by the database is named by its code, never by its text", async () => {
    const world = await enrolled(db, { program, size: 9 });
    await sql`insert into tasks (id, run, kind, title, team, created_at) values (${`${world.run}/4/call`}, ${world.run}, 'budget', 'x', 'x', ${LAUNCH})`.execute(
      db,
    );
    expect((await world.act("call"))[4]).toMatchObject({ outcome: "failed" });
    expect((await world.ledger())[4]!.reasons).toEqual(["sql-23505"]);
    expect(await count(db, "tasks", `run = '${world.run}' and kind = 'call'`)).toBe(8);
  });

  test("that is no one's data (the database is away) fails the batch, to be tried again", async () => {
    const world = await enrolled(db, { program, size: 2 });
    const away = openDatabase({ url: url.replace(/:\d+\//, ":1/"), schema });
    const { act } = createActivities({ db: away, channels: ["email"], wake: () => undefined });
    await expect(act({ ...world.batch("invite"), program: world.hash })).rejects.toThrow();
    await away.destroy();
    await sql`alter table messages rename to messages_away`.execute(db);
    await expect(world.act("invite")).rejects.toThrow();
    await sql`alter table messages_away rename to messages`.execute(db);
    expect(await world.ledger()).toEqual([]);
  });
});

test("acts and conversions of the same customers at once: no deadlock, and nothing pending for a journey that is over", async () => {
  const world = await enrolled(db, { program, size: 60 });
  const pool = openDatabase({ url, schema, max: 16 });
  const { act } = createActivities({ db: pool, channels: ["email"], wake: () => undefined });
  const shuffled = (seed: number) =>
    world.enrolments.map((_, i) => i).sort((a, b) => ((a * 37 + seed * 11) % 61) - ((b * 37 + seed * 11) % 61));
  const convert = (members: number[]) =>
    // no retry here: a deadlock would show
    pool.transaction().execute(async (tx) => {
      await lockCustomers(
        tx,
        members.map((member) => world.customers[member]!),
      );
      const ids = members.map((member) => world.enrolments[member]!);
      await sql`select 1 from enrolments where id = any(${ids}::bigint[]) order by id for no key update`.execute(tx);
      await supersede(
        tx,
        ids.map((id) => ({ id, root: 3 })),
        [],
        await now(tx),
      );
    });
  const work = Array.from({ length: 12 }, (_, i) => [
    ...["invite", "order", "call"].map((step) =>
      act(world.batch(step, { members: shuffled(i).slice(0, 40), occurrence: (i % 4) + 1 })),
    ),
    convert(shuffled(i + 5).slice(0, 3)),
  ]).flat();
  const results = await Promise.all(work);
  await pool.destroy();

  const answers = results.flatMap((result) => (result ? byMember(result) : [])).filter(Boolean);
  expect(answers.some((each) => each.outcome === "superseded")).toBe(true);
  const { rows } = await sql<{ stale: number; open: number; double: number }>`
    select count(*) filter (where m.status = 'pending' and m.epoch < e.epoch)::int as stale,
      (select count(*)::int from waits w join enrolments x on x.id = w.enrolment
        where x.run = ${world.run} and w.status = 'open' and x.epoch > 0) as open,
      count(*)::int - count(distinct (m.enrolment, m.step, m.occurrence))::int as double
    from messages m join enrolments e on e.id = m.enrolment where m.run = ${world.run}`.execute(db);
  expect(rows).toEqual([{ stale: 0, open: 0, double: 0 }]);
  const held = await sql<{ reserved: number; pool: number }>`
    select (select count(*)::int from coupons where pool = 'ten' and status = 'reserved') as reserved,
      (select reserved from coupon_pools where id = 'ten') as pool`.execute(db);
  expect(held.rows[0]!.pool).toBe(held.rows[0]!.reserved);
});

test("an op decided before its due minute by a clock that lags is dated by its due minute", async () => {
  const world = await enrolled(db, { program, size: 1 });
  expect(await world.act("invite", { due: NOW + 3 })).toEqual([{ outcome: "queued", at: NOW + 3 }]);
  const { rows } = await sql`select not_before, created_at from messages where run = ${world.run}`.execute(db);
  expect(rows).toEqual([{ not_before: timeOf(NOW + 3), created_at: timeOf(NOW + 3) }]);
});
