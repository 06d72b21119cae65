import { sql } from "kysely";
import { expect, test } from "vitest";
import { createActivities } from "../../../activities/index.ts";
import { migrateRun } from "../../../src/operate/run/migrate.ts";
import { recoverRun } from "../../../src/operate/run/recover.ts";
import { event, happen } from "../../intake/world.ts";
import { code } from "../../activities/world.ts";
import { realStage } from "../support/real-stage.ts";

const MEMBERS = 9;
const { db, schema, temporal, apply, started, until, lose } = await realStage(["spring"], MEMBERS);

const mail = (id: string, template: string, kind = "promotion") => ({ id, send: { channel: "email", template, kind } });
const order = (id: string, then: object[]) => ({
  id,
  waitFor: { event: "order.paid", within: "P5D", then, timeout: [mail("last", "last-call")] },
});
const campaign = (journey: object[], more = {}) => ({
  id: "spring",
  name: { en: "Spring", "zh-CN": "春季" },
  audience: { list: "spring" },
  journey,
  ...more,
});
const days = { id: "days", challenge: { days: 3, event: "check_in", at: "09:00", template: "day" } };
const both = {
  id: "both",
  parallel: { branches: [[days], [order("order", [mail("thanks", "offer", "service")])]] },
};
const old = campaign([{ id: "ready", wait: { for: "P1D" } }, mail("invite", "invite"), both]);
// a step before, one between, one after; the wait for an order is called otherwise, and what follows it differs
const edited = campaign([
  mail("hello", "invite"),
  { id: "ready", wait: { for: "P9D" } },
  mail("invite", "invite"),
  { id: "look", wait: { for: "P1D" } },
  { ...both, parallel: { branches: [[days], [order("purchase", [mail("welcome", "invite", "service")])]] } },
  mail("farewell", "offer", "service"),
]);

const steps = async (member: number) =>
  (
    await sql<{ step: string }>`
      select l.step || case when l.occurrence > 1 then '/' || l.occurrence else '' end as step
      from ledger l join enrolments e on e.id = l.enrolment join customers c on c.id = e.customer
      where c.customer_id = ${`spring-${member}`} order by l.at, l.step, l.occurrence, l.attempt`.execute(db)
  ).rows.map((row) => row.step);

test(
  "members go over where they stand, on a real server, and follow the new program from there",
  { timeout: 600_000 },
  async () => {
    const run = await started(old);
    await until(2.5);
    await happen(db, event("check_in", "spring-1"));
    const { program: target } = await apply(edited);
    const go = (more = {}) =>
      migrateRun(db, temporal, schema, {
        run,
        to: "latest",
        renames: new Map([["order", "purchase"]]),
        preview: false,
        ...more,
      });

    const preview = await go({ preview: true, renames: new Map() });
    expect(preview).toMatchObject({ run, became: target, preview: true, members: MEMBERS });
    expect(preview.places).toContainEqual({ from: "order", to: null, members: MEMBERS });
    await expect(go({ renames: new Map() })).rejects.toThrow(
      `${MEMBERS} member(s) stand here, and the new program has no such place`,
    );
    await expect(go({ renames: new Map([["order", "farewel"]]) })).rejects.toThrow(
      'the new program has no step "farewel"',
    );
    await expect(go({ renames: new Map([["days", "look"]]) })).rejects.toThrow("cannot be renamed under way");
    await expect(go({ to: "abc" })).rejects.toThrow("no program of spring is called so");

    const { rows: before } = await sql<{ program: string }>`select program from runs`.execute(db);
    const migrated = await go();
    expect(migrated.places).toContainEqual({ from: "order", to: "purchase", members: MEMBERS });
    // what an old workflow has still asked comes to nothing
    const { act } = createActivities({ db, channels: ["email"], wake: () => undefined });
    const asked = {
      run,
      cohort: 0,
      program: before[0]!.program,
      pc: 1,
      occurrence: 1,
      attempt: 2,
      epoch: 0,
      due: 0,
      members: [0],
    };
    expect(await act(asked)).toMatchObject([{ outcome: code("superseded") }]);
    await expect(go()).rejects.toThrow("the run is on this program already");

    await until(3.2);
    await happen(db, event("order.paid", "spring-1", { order_id: "O1", amount: 10 }));
    await happen(db, event("check_in", "spring-1"));
    await lose(run);
    expect(await recoverRun(db, temporal, schema, run)).toMatchObject({ restarted: 1, members: MEMBERS });
    await until(14);

    const buyer = await steps(1);
    // decided before, nothing twice; what they waited for has its new name and what comes of it is new
    expect(buyer.filter((step) => step === "invite")).toHaveLength(1);
    expect(buyer).not.toContain("hello");
    expect(buyer.slice(-5)).toEqual(expect.arrayContaining(["welcome", "days/close", "farewell"]));
    expect(buyer).not.toContain("thanks");
    expect(buyer.filter((step) => step.startsWith("days/day"))).toEqual(["days/day", "days/day/2", "days/day/3"]);
    const quiet = await steps(2);
    expect(quiet.slice(-3)).toEqual(expect.arrayContaining(["last", "farewell"]));
    expect(quiet).toContain("purchase/expire");
    const { rows } = await sql`
    select count(*) filter (where status = 'live')::int as live,
      (select count(*)::int from check_ins) as "checkIns", (select members from run_migrations) as migrated
    from enrolments`.execute(db);
    expect(rows).toEqual([{ live: 0, checkIns: 2, migrated: MEMBERS }]);
  },
);
