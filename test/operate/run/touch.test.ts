import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { optionName } from "../../../src/campaign/option-name.ts";
import { OPTION_BASE, OUTCOMES, type Program } from "../../../src/campaign/program.ts";
import { openWebhooks } from "../../../src/delivery/webhook.ts";
import { fillSeats } from "../../../src/intake/seat.ts";
import { openComplaint, solveComplaint } from "../../../src/operate/task/complaint.ts";
import { recoverRun } from "../../../src/operate/run/recover.ts";
import { loadDocument } from "../../../src/store/document.ts";
import { configFor } from "../../delivery/world.ts";
import { event, happen } from "../../intake/world.ts";
import { LAUNCH, realStage } from "../support/real-stage.ts";

/** The steps that touch, on the real parts: Temporal, Postgres, intake; and once more with all workflows lost on the way. */

const MEMBERS = 6;
const NAMES = ["calm", "stormy"];
const TEA = {
  id: "tea",
  name: { en: "Tea", "zh-CN": "茶" },
  amountOff: 5,
  validFor: "P9D",
  prefix: "TEA",
  limit: 99,
  line: "coupons",
};
const { db, schema, temporal, started, quiet, until, lose } = await realStage(NAMES, MEMBERS, [TEA]);
let hooks: ReturnType<typeof openWebhooks>;

beforeAll(() => {
  hooks = openWebhooks({
    db,
    config: configFor(schema, {}),
    env: {},
    sweepMs: 20,
    onStimuli: () => undefined,
    onError: (error) => console.error(error),
  });
});
afterAll(() => hooks.stop());

const note = (id: string) => ({ id, set: { values: { day: { var: "run.day" } } } });
const campaign = (name: string) => ({
  id: name,
  name: { en: name, "zh-CN": name },
  audience: { list: name },
  budget: {
    currency: "CNY",
    lines: [
      { id: "gifts", owner: "sales", items: [{ what: "mugs", qty: 2, unitPrice: 25 }] },
      { id: "coupons", items: [{ what: "codes", qty: 6, unitPrice: 10 }] },
    ],
  },
  journey: [
    { id: "thanks", coupon: { give: "tea" } },
    { id: "present", gift: { give: "mug" } },
    { id: "bonus", points: { give: 5 } },
    {
      id: "tasting",
      rsvp: {
        template: "rsvp",
        within: "P3D",
        seats: 1,
        answers: [{ id: "yes", then: [note("comes")] }, { id: "no" }, { id: "waiting-list", then: [note("missed")] }],
        timeout: [note("silent")],
      },
    },
    { id: "tell", webhook: { to: "crm", failed: [note("untold")] } },
    { id: "offer", send: { channel: "email", template: "offer", coupon: "tea", validFor: "P5D" } },
    note("end"),
  ],
});

async function answer(member: number, said: string) {
  const { rows } = await sql<{ enrolment: number; who: string }>`
    select e.id as enrolment, c.customer_id as who from enrolments e join customers c on c.id = e.customer
    where c.customer_id like '%-' || ${member}::int`.execute(db);
  for (const { enrolment, who } of rows)
    await happen(db, event("rsvp.answered", who, { enrolment, step: "tasting", answer: said }));
  await fillSeats(db);
  await quiet();
}

/** All that Temporal knows of a run is lost, and recovered. */
async function storm(run: string): Promise<void> {
  await lose(run);
  expect(await recoverRun(db, temporal, schema, run)).toMatchObject({ restarted: 1 });
}

/** "d3 tasting yes" of each member by number, day by day; deferrals left out. */
async function lived(run: string): Promise<string[][]> {
  const { rows } = await sql<{ who: string; step: string; outcome: number; day: number; program: string }>`
    select c.customer_id as who, l.step, coalesce(w.outcome, l.outcome) as outcome, r.program,
      floor(extract(epoch from coalesce(w.met_at, l.at) - ${LAUNCH}::timestamptz) / 86400)::int as day
    from enrolments e join runs r on r.id = e.run join customers c on c.id = e.customer
    join ledger l on l.enrolment = e.id
    left join waits w on w.enrolment = l.enrolment and w.step = l.step and w.occurrence = l.occurrence
      and w.status = 'met' and l.outcome = 5
    where e.run = ${run} order by e.number, day, coalesce(w.met_at, l.at), l.step`.execute(db);
  const members: string[][] = Array.from({ length: MEMBERS }, () => []);
  for (const { who, step, outcome, day, program } of rows) {
    if (OUTCOMES[outcome] === "waiting" || OUTCOMES[outcome] === "deferred") continue;
    const { steps } = await loadDocument<Program>(db, program);
    const name = OUTCOMES[outcome] ?? optionName(steps[step], outcome - OPTION_BASE);
    members[Number(who.split("-")[1])]!.push(`d${day} ${step} ${name}`);
  }
  return members.map((lines) => lines.toSorted());
}

test(
  "journeys that give, invite and tell do it once and go on with what comes back, also when Temporal loses them",
  { timeout: 600_000 },
  async () => {
    const runs: string[] = [];
    for (const name of NAMES) runs.push(await started(campaign(name)));
    const [calm, stormy] = runs as [string, string];
    const complaints: string[] = [];
    for (const name of NAMES) {
      complaints.push(await openComplaint(db, { customerId: `${name}-5`, severity: "high" }));
    }
    await until(0.5);
    await answer(0, "yes");
    await answer(1, "yes");
    await answer(2, "yes");
    await answer(3, "no");
    await storm(stormy);
    await until(1);
    await answer(0, "no"); // the seat goes to the next in line; the journey that has gone on is not turned back
    await storm(stormy);
    await until(4);
    await storm(stormy);
    for (const id of complaints) await solveComplaint(db, id);
    await until(9);

    const traces = await lived(calm);
    expect(traces[0]).toContain("d0 tasting yes");
    expect(traces[1]).toContain("d1 tasting yes"); // it waited for a seat
    expect(traces[2]).toEqual(expect.arrayContaining(["d3 tasting waiting-list", "d3 missed done"]));
    expect(traces[3]).toContain("d0 tasting no");
    expect(traces[4]).toEqual(expect.arrayContaining(["d3 tasting/expire timeout", "d3 silent done"]));
    for (const trace of traces) {
      expect(trace.filter((line) => line.includes(" untold "))).toHaveLength(1); // nothing leaves on a demo clock
      expect(trace.some((line) => line.includes(" offer "))).toBe(true);
      expect(trace.some((line) => line.includes(" end done"))).toBe(true);
    }
    // who complains is given nothing until it is solved: what came too late by then never, the rest at once
    expect(traces[5]).toEqual(expect.arrayContaining(["d2 thanks skipped", "d4 present skipped", "d4 bonus done"]));
    expect(await lived(stormy)).toEqual(traces);

    for (const run of runs) {
      const { rows: lines } = await sql<{ line: string; booked: number }>`
        select line, booked from budget_lines where run = ${run} order by line`.execute(db);
      const { rows: counted } = await sql<{ gifts: number; codes: number; points: number }>`
        select (select count(*)::int from gifts g join enrolments e on e.id = g.enrolment
                where e.run = ${run} and g.status = 'granted') as gifts,
          (select count(*)::int from coupons c join enrolments e on e.id = c.enrolment
           where e.run = ${run} and c.status <> 'released') as codes,
          (select sum(points)::int from points p join enrolments e on e.id = p.enrolment where e.run = ${run}) as points`.execute(
        db,
      );
      const { gifts, codes, points } = counted[0]!;
      expect(gifts).toBe(2);
      expect(points).toBe(MEMBERS * 5);
      expect(lines).toEqual([
        { line: "coupons", booked: 500 * codes },
        { line: "gifts", booked: 2_000 * gifts },
      ]);
      const tasks = await sql`select id, team from tasks where run = ${run} and kind = 'budget'`.execute(db);
      expect(tasks.rows).toEqual([{ id: `${run}/budget/gifts`, team: "sales" }]);
    }
    const { rows } = await sql`select status, count(*)::int as count from enrolments group by status`.execute(db);
    expect(rows).toEqual([{ status: "ended", count: NAMES.length * MEMBERS }]);
  },
);
