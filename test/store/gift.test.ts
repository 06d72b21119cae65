import { sql } from "kysely";
import { expect, test } from "vitest";
import type { Gift } from "../../src/campaign/program.ts";
import { transaction } from "../../src/store/database.ts";
import { grantGifts, grantPoints } from "../../src/store/gift.ts";
import { testSchema } from "../support/schema.ts";
import { enrolled, LAUNCH, programOf, type World } from "../activities/world.ts";

const { db } = await testSchema();
const mug: Gift = { id: "mug", name: { en: "Mug", "zh-CN": "马克杯" }, unitCost: 2_000, stock: 25, line: "gifts" };
const grants = (world: World, gift: Gift, key: string) =>
  world.enrolments.map((enrolment, i) => ({ run: world.run, enrolment, key, customer: world.customers[i]!, gift }));

test("gifts are granted once each while stock lasts, and exactly those are booked, however many ask at once", async () => {
  const worlds = await Promise.all([1, 2, 3, 4].map(() => enrolled(db, { program: programOf({}), size: 10 })));
  for (const { run } of worlds)
    await sql`insert into budget_lines (run, line, planned) values (${run}, 'gifts', 100000)`.execute(db);
  const asked = [...worlds, ...worlds].map((world) =>
    transaction(db, (tx) => grantGifts(tx, grants(world, mug, "days/streak-7/1"), LAUNCH)),
  );
  const answers = (await Promise.all(asked)).flat();
  expect(answers).toHaveLength(40); // nobody twice
  expect(answers.filter((row) => row.status === "granted")).toHaveLength(25);
  const { rows } = await sql<{ granted: number; rows: number; booked: number }>`
    select granted, (select count(*)::int from gifts where status = 'granted') as rows,
      (select sum(amount)::bigint from budget_entries) as booked
    from gift_stocks where gift = 'mug'`.execute(db);
  expect(rows).toEqual([{ granted: 25, rows: 25, booked: 50_000 }]);
});

test("a gift whose line the campaign's budget leaves out is granted all the same", async () => {
  const world = await enrolled(db, { program: programOf({}), size: 1 });
  const [granted] = await transaction(db, (tx) =>
    grantGifts(tx, grants(world, { ...mug, id: "pen", line: "none" }, "a"), LAUNCH),
  );
  expect(granted).toEqual({ enrolment: world.enrolments[0], key: "a", gift: "pen", status: "granted" });
});

test("points under one key are given once", async () => {
  const world = await enrolled(db, { program: programOf({}), size: 2 });
  const rows = world.enrolments.map((enrolment, i) => ({
    enrolment,
    key: "days/every-1/9",
    customer: world.customers[i]!,
    points: 10,
  }));
  const given = await Promise.all(
    [rows, rows.slice(1), rows].map((each) => transaction(db, (tx) => grantPoints(tx, each, LAUNCH))),
  );
  expect(given.flat()).toHaveLength(2);
});
