import fc from "../../support/property.ts";
import { sql } from "kysely";
import { beforeAll, expect, test } from "vitest";
import { minorUnits, recordBudget } from "../../../src/operate/run/budget.ts";
import { loadReport } from "../../../src/report/load.ts";
import { listRuns, loadStatus } from "../../../src/report/status.ts";
import { program } from "../../report/program.ts";
import { at, seedRun } from "../../report/rows.ts";
import { seedWorld } from "../../report/world.ts";
import { testSchema } from "../../support/schema.ts";

const { db } = await testSchema();
beforeAll(() => seedWorld(db));

test("a record is booked at the clock's time and seen in the report", async () => {
  expect(await recordBudget(db, "winback-1", "gifts", "1,234.50", "U盘")).toEqual({
    run: "winback-1",
    line: "gifts",
    currency: "CNY",
    amount: 123_450,
    planned: 30_000,
    actual: 127_450,
    left: -97_450,
  });
  expect(await recordBudget(db, "winback", "gifts", "-34.5")).toMatchObject({ amount: -3_450, actual: 124_000 });
  const { rows } =
    await sql`select key, amount, note, at from budget_entries where line = 'gifts' and note is not null`.execute(db);
  expect(rows).toEqual([{ key: null, amount: 123_450, note: "U盘", at: new Date(at(20)) }]);
  const { budget } = await loadReport(db, "winback-1");
  expect(budget.lines[1]).toEqual({
    line: "gifts",
    planned: 30_000,
    committed: 4_000,
    recorded: 120_000,
    actual: 124_000,
    left: -94_000,
  });
});

test("records made at once all count", async () => {
  const before = (await loadReport(db, "winback-1")).budget.lines[0]!.actual;
  await Promise.all(Array.from({ length: 8 }, () => recordBudget(db, "winback-1", "mail", "0.01")));
  expect((await loadReport(db, "winback-1")).budget.lines[0]!.actual).toBe(before + 8);
});

test.each([
  ["winbakc-1", "gifts", "1", "RUN", 'did you mean "winback-1"?'],
  ["winback-1", "gift", "1", "LINE", 'did you mean "gifts"?'],
  ["winback-1", "gifts", "1.005", "AMOUNT", undefined],
  ["winback-1", "gifts", "12,34", "AMOUNT", "write it as 1234.50"],
  ["winback-1", "gifts", "1e3", "AMOUNT", "write it as 1234.50"],
  ["winback-1", "gifts", "0.00", "AMOUNT", undefined],
  ["winback-1", "gifts", "", "AMOUNT", "write it as 1234.50"],
])("%s %s %j is refused, and nothing is booked", async (run, line, amount, pointer, hint) => {
  const count = async () => (await sql`select from budget_entries`.execute(db)).rows.length;
  const before = await count();
  await expect(recordBudget(db, run, line, amount)).rejects.toMatchObject({
    faults: [{ pointer, ...(hint && { hint: { en: hint } }) }],
  });
  expect(await count()).toBe(before);
});

test("amounts are read exactly", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 ** 14 }), fc.boolean(), (minor, negative) => {
      const digits = String(minor).padStart(3, "0");
      const written = `${negative ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
      expect(minorUnits(written, "CNY")).toBe(negative ? -minor : minor);
    }),
  );
  expect(minorUnits("1,234", "JPY")).toBe(1_234);
  expect(minorUnits("1.500", "CNY")).toBe(150);
});

test("status says where the run stands", async () => {
  await sql`update enrolments set position = 3 where run = 'winback-1' and number < 4`.execute(db);
  await sql`update enrolments set status = 'ended', ended_reason = 'converted' where run = 'winback-1' and number = 9`.execute(
    db,
  );
  await sql`insert into stimuli (run, cohort, member, body, created_at) values ('winback-1', 0, -1, '{}', ${at(20)})`.execute(
    db,
  );
  expect(await loadStatus(db, "winback")).toMatchObject({
    line: { run: "winback-1", status: "running", treated: 10, holdout: 4, live: 9, converted: 3 },
    positions: [
      { step: "invite", members: 5 },
      { step: "call", members: 4 },
    ],
    ended: { converted: 1 },
    messages: { accepted: 4, rejected: 1, withheld: 1 },
    tasks: { done: 2, open: 1, overdue: 1 },
    plan: { done: 2, open: 2 },
    backlog: { cohortsToStart: 0, stimuliUnsent: 1, eventsUnreacted: 0 },
  });
});

test("runs are listed with the latest first", async () => {
  await seedRun(
    db,
    { ...program, campaign: "other" },
    { run: "other-1", status: "closed", now: at(20), treated: 0, holdout: 0 },
  );
  await sql`update runs set launched_at = ${at(2)} where id = 'other-1'`.execute(db);
  expect((await listRuns(db)).map((line) => [line.run, line.status, line.treated])).toEqual([
    ["other-1", "closed", 0],
    ["winback-1", "running", 10],
  ]);
});
