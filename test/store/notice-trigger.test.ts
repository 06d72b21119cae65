import { readFileSync } from "node:fs";
import { CloudEvent } from "cloudevents";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { letterOf } from "../../src/delivery/letter.ts";
import { subscribe, unsubscribe } from "../../src/operate/subscription.ts";
import { transaction } from "../../src/store/database.ts";
import { NOTICE_TYPES } from "../../src/store/notice-trigger.ts";
import { configFor, START, world } from "../delivery/world.ts";
import { testSchema } from "../support/schema.ts";

const { db, schema } = await testSchema();
const config = configFor(schema, { secret: "a secret for these tests" });
const to = (id: string, types: string[]) =>
  subscribe(db, config, { id, types, url: "https://crm.example/told", by: "test" });

interface Row {
  subscription: string;
  id: string;
  type: string;
  subject: string | null;
  at: Date;
  data: Record<string, unknown>;
}
const notices = async (id: string) =>
  (await sql<Row>`select * from notices where subscription = ${id} order by nr`.execute(db)).rows;
const triggers = async () =>
  (
    await sql<{ name: string }>`
    select tgname::text as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.relnamespace = ${schema}::regnamespace and starts_with(tgname::text, 'tell_') order by 1`.execute(db)
  ).rows.map(({ name }) => name);

const DOCS = ["", ".zh-CN"].map((language) =>
  readFileSync(new URL(`../../docs/subscriptions${language}.md`, import.meta.url), "utf8"),
);

/** The names and kinds of what an object holds. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shapeOf(part)]));
}

/** Each change there is, as rows go through it, for one customer in one run. */
async function play(): Promise<string> {
  const { run, customers, enrolments, queue } = await world(db, 1);
  const [customer, enrolment] = [customers[0]!, enrolments[0]!];
  await queue();
  const each = async (...statuses: string[]) => {
    for (const status of statuses) await sql`update messages set status = ${status} where run = ${run}`.execute(db);
  };
  await each("claimed", "sending", "accepted", "accepted", "unknown", "rejected", "withheld");
  const event = await sql<{ id: number }>`
    insert into events (source, event_id, customer_id, type, occurred_at, received_at)
    values ('/t', ${run}, 'c', 'order.paid', ${START}, ${START}) returning id`.execute(db);
  await sql`
    insert into orders (order_id, customer, paid_at, amount, currency, source)
    values ('o-1', ${customer}, ${START}, 100, 'CNY', '/t') on conflict do nothing`.execute(db);
  await sql`
    insert into conversions (enrolment, customer, event, order_id, amount, at, reacted_seq)
    values (${enrolment}, ${customer}, ${event.rows[0]!.id}, 'o-1', 100, ${START}, 1)`.execute(db);
  await sql`delete from conversions where enrolment = ${enrolment}`.execute(db);
  for (const [id, kind] of [
    [`${run}/0/call`, "call"],
    [`${run}/budget/gifts`, "budget"],
  ]) {
    await sql`
      insert into tasks (id, run, kind, customer, title, team, created_at)
      values (${id}, ${run}, ${kind}, ${kind === "call" ? customer : null}, 'Call', 'sales', ${START})`.execute(db);
  }
  for (const status of ["overdue", "done", "closed"])
    await sql`update tasks set status = ${status} where id = ${`${run}/0/call`}`.execute(db);
  await sql`insert into coupon_pools (id, capacity) values (${run}, 10)`.execute(db);
  await sql`
    insert into coupons (code, pool, enrolment, step, occurrence, customer, reserved_at, expires_at)
    values (${run}, ${run}, ${enrolment}, 'offer', 1, ${customer}, ${START}, ${START})`.execute(db);
  for (const status of ["issued", "redeemed", "released", "expired"])
    await sql`update coupons set status = ${status} where code = ${run}`.execute(db);
  await sql`
    insert into gifts (enrolment, key, customer, gift, unit_cost, status, granted_at)
    values (${enrolment}, 'a', ${customer}, 'mug', 1, 'granted', ${START}),
      (${enrolment}, 'b', ${customer}, 'mug', 1, 'out-of-stock', ${START})`.execute(db);
  await sql`
    insert into points (enrolment, key, customer, points, at) values (${enrolment}, 'a', ${customer}, 10, ${START})`.execute(
    db,
  );
  await sql`
    insert into complaints (id, customer, source, opened_at) values (${run}, ${customer}, '/t', ${START})`.execute(db);
  await sql`update complaints set status = 'solved' where id = ${run}`.execute(db);
  await sql`update enrolments set status = 'ended', ended_reason = 'completed' where id = ${enrolment}`.execute(db);
  for (const status of ["paused", "running", "measuring", "closed", "stopped"])
    await sql`update runs set status = ${status} where id = ${run}`.execute(db);
  return run;
}

describe("what happens is written down for who asked", () => {
  test("nothing is, and nothing is watched, while nobody asks", async () => {
    await play();
    expect(await triggers()).toEqual([]);
    expect((await sql`select from notices`.execute(db)).rows).toEqual([]);
  });

  test("every kind there is, once each, without names or addresses, as valid CloudEvents", async () => {
    await to("all", ["*"]);
    const run = await play();
    const rows = await notices("all");
    expect(rows.map(({ type }) => type).sort()).toEqual([...NOTICE_TYPES].sort());
    const subjects = new Set(rows.map(({ subject }) => subject));
    expect(subjects).toEqual(new Set([null, `${run}-1`]));
    const without = rows.filter(({ subject }) => subject === null).map(({ type }) => type);
    expect(without.sort()).toEqual(
      [
        "budget.spent",
        "run.closed",
        "run.launched",
        "run.measuring",
        "run.paused",
        "run.resumed",
        "run.stopped",
      ].sort(),
    );
    for (const row of rows) {
      const event = JSON.parse(letterOf([row], schema, false).body) as Record<string, unknown>;
      expect(new CloudEvent(event).validate()).toBe(true);
      expect(JSON.stringify(row.data)).not.toMatch(/客户|@|null/);
    }
    const data = Object.fromEntries(rows.map((row) => [row.type, row.data]));
    expect(data["ended"]).toMatchObject({
      run,
      campaign: "spring",
      enrolment: 0,
      arm: "treatment",
      reason: "completed",
    });
    expect(data["budget.spent"]).toMatchObject({ run, line: "gifts" });
    expect(data["message.accepted"]).toMatchObject({ run, step: "days/day", channel: "email" });
    expect(data["coupon.issued"]).toMatchObject({ code: run, pool: run });
    expect(data["converted"]).toMatchObject({ order_id: "o-1", amount: 100, currency: "CNY" });
    const converted = letterOf([rows.find(({ type }) => type === "converted")!], schema, false);
    for (const doc of DOCS) {
      for (const type of NOTICE_TYPES) expect(doc).toContain(`\`${type}\``);
      const example = JSON.parse(/```json notice\n([^]*?)```/.exec(doc)![1]!) as object;
      expect(shapeOf(example)).toEqual(shapeOf(JSON.parse(converted.body) as object));
    }
    await unsubscribe(db, "all");
    expect(await triggers()).toEqual([]);
    expect((await sql`select from notices`.execute(db)).rows).toEqual([]);
  });

  test("only its own kinds, under the same id as everybody's; tables that nobody asks for stay unwatched", async () => {
    await to("one", ["converted", "run.*"]);
    await to("two", ["converted"]);
    expect(await triggers()).toEqual(["tell_conversions_insert", "tell_runs_insert", "tell_runs_update"]);
    await play();
    const [one, two] = [await notices("one"), await notices("two")];
    expect(new Set(one.map(({ type }) => type.split(".")[0]))).toEqual(new Set(["converted", "run"]));
    expect(two.map(({ type }) => type)).toEqual(["converted"]);
    expect(one.find(({ type }) => type === "converted")!.id).toBe(two[0]!.id);
    await unsubscribe(db, "one");
    expect(await triggers()).toEqual(["tell_conversions_insert"]);
    await unsubscribe(db, "two");
  });

  test("a change that is undone is not told of", async () => {
    await to("undone", ["points.granted"]);
    const { customers, enrolments } = await world(db, 1);
    await transaction(db, async (tx) => {
      await sql`insert into points (enrolment, key, customer, points, at) values (${enrolments[0]}, 'a', ${customers[0]}, 1, ${START})`.execute(
        tx,
      );
      throw new Error("undone");
    }).catch(() => undefined);
    expect(await notices("undone")).toEqual([]);
    await unsubscribe(db, "undone");
  });

  test("under load, from the moment at which subscribing has returned", { timeout: 300_000 }, async () => {
    const { customers, enrolments } = await world(db, 1);
    const after = new Set<string>();
    let subscribed = false;
    let stop = false;
    const writers = Array.from({ length: 6 }, async (_, writer) => {
      for (let n = 0; !stop; n++) {
        const key = `${writer}-${n}`;
        const known = subscribed;
        await sql`insert into points (enrolment, key, customer, points, at) values (${enrolments[0]}, ${key}, ${customers[0]}, ${writer * 1_000_000 + n}, ${START})`.execute(
          db,
        );
        if (known) after.add(String(writer * 1_000_000 + n));
      }
    });
    // others come and go meanwhile, and with them the triggers
    for (let round = 0; round < 5; round++) {
      await to("passing", ["points.granted"]);
      await unsubscribe(db, "passing");
    }
    await Promise.all([
      to("late", ["points.granted"]),
      to("passing", ["points.*"]).then(() => unsubscribe(db, "passing")),
    ]);
    subscribed = true;
    for (let enough = 0; enough < 200; enough = after.size) await new Promise((resolve) => setTimeout(resolve, 20));
    stop = true;
    await Promise.all(writers);
    const told = new Set((await notices("late")).map(({ data }) => String(data.points)));
    expect([...after].filter((points) => !told.has(points))).toEqual([]);
    await unsubscribe(db, "late");
  });
});
