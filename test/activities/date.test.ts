import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import type { DateStep, Step } from "../../src/campaign/program.ts";
import { minuteOf } from "../../src/store/clock.ts";
import { testSchema } from "../support/schema.ts";
import { at, enrolled, LAUNCH, programOf } from "./world.ts";

const { db } = await testSchema();
beforeEach(async () => void (await at(db, LAUNCH)));

const birthday: DateStep = {
  kind: "date",
  id: "birthday",
  day: {
    op: "var",
    name: "customer.traits.birthday",
    type: "date",
    source: { from: "trait", trait: "birthday", exponent: 2 },
  },
  name: "birthday",
  lunar: false,
  yearly: true,
  offset: -3,
  at: 9 * 60,
};
const over: Step = { kind: "exit", id: "over", reason: "over" };

test("each waits for the birthday of their own, by their own clock; who has none goes on, and the ledger says why", async () => {
  for (const [zone, minute] of [
    ["Asia/Shanghai", "2026-05-17T01:00:00Z"],
    ["Europe/Berlin", "2026-05-17T07:00:00Z"],
  ] as const) {
    const world = await enrolled(db, { program: programOf({ birthday, over }), size: 3, zone });
    await sql`
      update customers set traits = case id when ${world.customers[0]!} then '{"birthday": "1990-05-20"}'::jsonb else '{"birthday": "soon"}' end
      where id = any(${world.customers.slice(0, 2)}::bigint[])`.execute(db);
    expect(await world.act("birthday")).toEqual([
      { outcome: "scheduled", at: minuteOf(LAUNCH), value: minuteOf(new Date(minute)) },
      { outcome: "skipped", at: minuteOf(LAUNCH) },
      { outcome: "skipped", at: minuteOf(LAUNCH) },
    ]);
    expect((await world.ledger()).map((row) => row.reasons)).toEqual([[], ["no-date:birthday"], ["no-date:birthday"]]);
  }
});
