import { sql } from "kysely";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { lookAtEvent } from "../../../src/operate/event/show.ts";
import { setClock } from "../../../src/store/clock.ts";
import { insertEvents, type NewEvent } from "../../../src/store/event.ts";
import { enrol, event, happen, HOME, openWait, program, rule, START } from "../../intake/world.ts";
import { standing } from "../../intake/standing.ts";
import { testSchema } from "../../support/schema.ts";

const { db } = await testSchema();
const within = { days: 7, minutes: 0 };
const look = (one: NewEvent, locale: "en" | "zh-CN" = "en") => lookAtEvent(db, HOME, one, locale);
beforeEach(() => setClock(db, START, 0));

let run: string;
beforeAll(async () => {
  await setClock(db, START, 0);
  ({ run } = await standing(
    db,
    "carts",
    { event: { type: "cart.updated", where: { ">=": [{ var: "event.amount" }, 100] }, enrolBy: "trigger.cart_id" } },
    { audience: { limit: 3 } },
  ));
});

const cart = (customer: string, data: Record<string, unknown>, at: string | null = null) =>
  event("cart.updated", customer, data, at);

test("what it started, and why not: where with the values, key, re-entry, before the launch", async () => {
  const good = cart("A", { cart_id: "1", amount: 120 });
  const cheap = cart("A", { cart_id: "2", amount: 99 });
  const again = cart("A", { cart_id: "1", amount: 120 });
  const keyless = cart("A", { amount: 120 });
  const old = cart("A", { cart_id: "3", amount: 120 }, "2026-03-01T00:00:00Z");
  await happen(db, good, cheap, again, keyless, old);
  const seen = await Promise.all([good, cheap, again, keyless, old].map((one) => look(one)));
  expect(seen.map(({ triggers }) => triggers.map(({ result }) => result))).toEqual([
    ["joined"],
    ["where"],
    ["refused"],
    ["refused"],
    ["before-launch"],
  ]);
  expect(seen[0]!.customer).toEqual({ id: "A", created: true });
  expect(seen[0]!.triggers[0]).toMatchObject({ run, campaign: "carts", enrolment: expect.any(Number) });
  expect(seen[1]!.triggers[0]!.says).toMatch(/where does not hold.*100.*99/);
  expect(seen[1]!.triggers[0]!.asOf).toEqual(START);
  expect(seen[2]!.triggers[0]!.says).toContain("has entered before");
  expect(seen[3]!.triggers[0]!.says).toContain("enrolBy");
  expect((await look(cheap, "zh-CN")).triggers[0]!.says).toContain("where 不满足");
  // where the one who came in stands by now
  await sql`insert into ledger (enrolment, step, occurrence, attempt, outcome, reasons, at, due)
    values (${seen[0]!.triggers[0]!.enrolment}, 'hello', 1, 1, 1, '{no-consent:email}', ${START}, ${START})`.execute(
    db,
  );
  expect((await look(good)).triggers[0]!.says).toMatch(/last step hello: .*consent/);
});

test("which waits it met, and why not the others: over, too early, too late, another type, where with the values", async () => {
  const waitFor = (id: string, more = {}) =>
    ({ kind: "waitFor", id, event: "order.paid", since: "step", within, ...more }) as never;
  const steps = {
    big: waitFor("big", { where: rule({ ">=": [{ var: "event.amount" }, 100] }) }),
    any: waitFor("any"),
    gone: waitFor("gone"),
    late: waitFor("late"),
    other: waitFor("other"),
  };
  const goal = { convert: { event: "order.paid", within }, onConvert: { mode: "continue" }, targets: [], watch: [] };
  const { members } = await enrol(db, program(steps, { goal: goal as never }), ["W"]);
  const [member] = members;
  for (const step of ["big", "any", "gone"]) await openWait(db, member!, step, "order.paid");
  await openWait(db, member!, "late", "order.paid", "event", "2026-04-01T01:00:00Z");
  await openWait(db, member!, "other", "check_in");
  await sql`update waits set status = 'expired' where step = 'gone'`.execute(db);
  const order = event("order.paid", "W", { order_id: "w1", amount: 50 }, START.toISOString());
  const early = event("order.paid", "W", { order_id: "w2", amount: 500 }, "2026-03-31T00:00:00Z");
  await happen(db, order, early);
  const results = async (one: NewEvent) =>
    Object.fromEntries((await look(one)).waits.map(({ step, result }) => [step, result]));
  expect(await results(order)).toEqual({
    ...{ goal: "met", any: "met", big: "where", gone: "over", late: "too-late", other: "other-type" },
  });
  expect(await results(early)).toMatchObject({ goal: "met-by-another", any: "met-by-another", big: "too-early" });
  const { says, waits } = await look(order);
  expect(says).toEqual([
    "the order was stored",
    `met the goal of enrolment ${member!.enrolment}`,
    `ended the wait of step "any" of enrolment ${member!.enrolment}`,
  ]);
  expect(waits.find((wait) => wait.step === "big")!.says).toMatch(/100.*50/);
});

test("what has not been reacted to, could not be, or is of the past says so; whoever may not see it is told nothing", async () => {
  const fresh = event("page.viewed", "N");
  await insertEvents(db, [fresh]);
  expect((await look(fresh)).says[0]).toContain("not reacted to yet");
  await happen(db);
  expect((await look(fresh)).says).toEqual(["the customer was not known and was created"]);
  await sql`insert into events (source, event_id, customer_id, type, occurred_at, received_at, reacted_at, reaction)
    values ('import', 'p', 'N', 'x', ${START}, ${START}, ${START}, null), ('s', 'bad', 'N', 'x', ${START}, ${START}, ${START}, '{"error": "bad-data"}')`.execute(
    db,
  );
  const named = (source: string, id: string, asker?: Parameters<typeof lookAtEvent>[4]) =>
    lookAtEvent(db, HOME, { source, id }, "en", asker);
  expect((await named("import", "p")).says[0]).toContain("fact of the past");
  expect((await named("s", "bad")).says[0]).toContain("nothing was done");
  await expect(named("s", "none")).rejects.toMatchObject({ missing: true });
  await expect(named(fresh.source, fresh.id, { role: "service", person: "anna" })).rejects.toMatchObject({
    missing: true,
  });
});
