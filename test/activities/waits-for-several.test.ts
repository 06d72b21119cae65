import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { DAY } from "../../src/campaign/calendar.ts";
import { option, type Step, type WaitForStep } from "../../src/campaign/program.ts";
import { pauseRun, resumeRun } from "../../src/operate/run/pause.ts";
import { buildCatalogue } from "../../src/rule/catalogue.ts";
import { parseRule } from "../../src/rule/parse.ts";
import { minuteOf, timeOf } from "../../src/store/clock.ts";
import { testSchema } from "../support/schema.ts";
import { at, enrolled, LAUNCH, pastEvent, programOf } from "./world.ts";

const { db } = await testSchema();
const NOW = minuteOf(LAUNCH);
beforeEach(async () => void (await at(db, LAUNCH)));

const base = { kind: "waitFor", event: "*", since: "enrolment", within: { days: 7, minutes: 0 } } as const;
const over: Step = { kind: "exit", id: "over", reason: "over" };
const catalogue = buildCatalogue({ traits: {}, segments: {}, scope: { "event.amount": "money" } });
const rule = (json: unknown) => parseRule(json, { pointer: "", catalogue }).rule!;
const big = rule({ ">=": [{ var: "event.amount" }, 100] });
const waitRow = async (enrolment: number) =>
  (
    await sql<Record<string, unknown>>`
      select kind, event_type, status, outcome, parts, met_by, until from waits where enrolment = ${enrolment}`.execute(
      db,
    )
  ).rows[0];

describe("looking back", () => {
  const any: WaitForStep = { ...base, id: "act", any: [{ event: "order.paid", where: big }, { event: "check_in" }] };
  const both: WaitForStep = { ...base, id: "act", all: [{ event: "order.paid", where: big }, { event: "check_in" }] };

  test("any: the earliest of all decides", async () => {
    const world = await enrolled(db, { program: programOf({ act: any, over }), size: 3 });
    const [a, b] = world.customers;
    await pastEvent(db, a!, "order.paid", "2026-04-02T03:00:00Z", { amount: 200 });
    const first = await pastEvent(db, a!, "check_in", "2026-04-02T02:00:00Z");
    await pastEvent(db, b!, "order.paid", "2026-04-02T02:00:00Z", { amount: 20 });
    await at(db, "2026-04-03T02:00:00Z");
    expect((await world.act("act")).map((each) => each.outcome)).toEqual([option(1), "waiting", "waiting"]);
    expect(await waitRow(world.enrolments[0]!)).toMatchObject({ status: "met", outcome: option(1), met_by: first });
    expect(await waitRow(world.enrolments[1]!)).toMatchObject({ kind: "event", event_type: "*", status: "open" });
  });

  test("all: what has come is remembered", async () => {
    const world = await enrolled(db, { program: programOf({ act: both, over }), size: 2 });
    const [a, b] = world.customers;
    await pastEvent(db, a!, "order.paid", "2026-04-02T03:00:00Z", { amount: 200 });
    await pastEvent(db, a!, "check_in", "2026-04-02T02:00:00Z");
    await pastEvent(db, b!, "check_in", "2026-04-02T02:00:00Z");
    await at(db, "2026-04-03T02:00:00Z");
    expect((await world.act("act")).map((each) => each.outcome)).toEqual(["met", "waiting"]);
    expect(await waitRow(world.enrolments[1]!)).toMatchObject({ status: "open", parts: 0b10 });
  });

  test("since a step: from its latest decision on; a step on a way not taken leaves the wait's own beginning", async () => {
    const since: WaitForStep = { ...base, id: "act", event: "check_in", since: "gate" };
    const gate: Step = { kind: "set", id: "gate", values: {}, traits: {} };
    const world = await enrolled(db, { program: programOf({ gate, act: since, over }), size: 2 });
    await at(db, "2026-04-02T02:00:00Z");
    await world.act("gate", { members: [0], due: minuteOf(new Date("2026-04-02T02:00:00Z")) });
    for (const customer of world.customers) await pastEvent(db, customer, "check_in", "2026-04-02T03:00:00Z");
    const late = await at(db, "2026-04-03T02:00:00Z");
    expect((await world.act("act", { due: late })).map((each) => each.outcome)).toEqual(["met", "waiting"]);
  });
});

describe("a condition", () => {
  const rich: WaitForStep = {
    ...base,
    id: "act",
    since: "step",
    if: rule({ ">=": [{ var: "days_since.last_order" }, 10] }),
  };
  const steps = { act: rich, over };
  const ordered = (customer: number, day: string) =>
    sql`
    insert into orders (order_id, customer, paid_at, amount, currency, source)
    values (${`D${customer}`}, ${customer}, ${day}, 100, 'CNY', 'test')`.execute(db);
  /** the next 00:05 in Shanghai after 10:00 */
  const NEXT = NOW + 14 * 60 + 5;

  test("holds at once, or is asked again at 00:05 local, when the calendar alone has made it true", async () => {
    const world = await enrolled(db, { program: programOf(steps), size: 2 });
    await ordered(world.customers[0]!, "2026-03-01T02:00:00Z");
    await ordered(world.customers[1]!, "2026-03-23T02:00:00Z");
    expect(await world.act("act")).toEqual([
      { outcome: "met", at: NOW },
      { outcome: "deferred", at: NOW, value: NEXT },
    ]);
    await at(db, timeOf(NEXT));
    expect(await world.act("act", { attempt: 2, due: NEXT, members: [1] })).toEqual([
      undefined,
      { outcome: "met", at: NEXT },
    ]);
    expect(await waitRow(world.enrolments[1]!)).toMatchObject({ kind: "condition", status: "met" });
    // an op that is repeated says the same
    expect(await world.act("act", { attempt: 2, due: NEXT, members: [1] })).toEqual([
      undefined,
      { outcome: "met", at: NEXT },
    ]);
  });

  test("that never holds has its time, to the minute, and is not asked after it", async () => {
    const world = await enrolled(db, { program: programOf(steps), size: 1 });
    let due = NOW;
    const seen: string[] = [];
    for (let attempt = 1; attempt < 20; attempt++) {
      await at(db, timeOf(due));
      const [answer] = await world.act("act", { attempt, due });
      seen.push(String(answer!.outcome));
      if (answer!.outcome !== "deferred") break;
      due = answer!.value!;
    }
    expect(seen).toEqual([...Array<string>(8).fill("deferred"), "timeout"]);
    expect(due).toBe(NOW + 7 * DAY);
    expect(await waitRow(world.enrolments[0]!)).toMatchObject({ status: "expired" });
  });

  test("a pause gives it as much more time", async () => {
    const world = await enrolled(db, { program: programOf(steps), size: 1 });
    await world.act("act");
    await pauseRun(db, world.run);
    await at(db, timeOf(NOW + 3 * DAY));
    await resumeRun(db, world.run);
    expect(await waitRow(world.enrolments[0]!)).toMatchObject({ until: timeOf(NOW + 10 * DAY) });
  });

  test("met by an event while it is put off, a lost wake-up is found by the op itself", async () => {
    const world = await enrolled(db, { program: programOf(steps), size: 1 });
    await world.act("act");
    await sql`update waits set status = 'met', outcome = 6, met_at = ${timeOf(NOW + 60)} where enrolment = ${world.enrolments[0]!}`.execute(
      db,
    );
    expect(await world.act("act")).toEqual([{ outcome: "deferred", at: NOW, value: NOW + 60 }]);
    await at(db, timeOf(NOW + 61));
    expect(await world.act("act", { attempt: 2, due: NOW + 61 })).toEqual([{ outcome: "met", at: NOW + 61 }]);
  });
});
