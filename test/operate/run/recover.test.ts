import { sql } from "kysely";
import { expect, test } from "vitest";
import { pauseRun, resumeRun } from "../../../src/operate/run/pause.ts";
import { recoverRun, unfinishedRuns } from "../../../src/operate/run/recover.ts";
import { dispatchStimuli } from "../../../src/temporal/dispatch.ts";
import { event, happen } from "../../intake/world.ts";
import { realStage } from "../support/real-stage.ts";

const MEMBERS = 12;
const { db, schema, temporal, started, until, lose } = await realStage(["calm", "stormy"], MEMBERS);

const campaign = (name: string) => ({
  id: name,
  name: { en: name, "zh-CN": name },
  audience: { list: name },
  goal: { convert: { event: "enquiry", within: "P30D" }, onConvert: "exit" },
  journey: [
    { id: "ready", wait: { for: "P1D" } },
    { id: "invite", send: { channel: "email", template: "invite" } },
    { id: "days", challenge: { days: 3, event: "check_in", at: "09:00", template: "day" } },
    {
      id: "order",
      waitFor: {
        event: "order.paid",
        within: "P5D",
        then: [{ id: "thanks", send: { channel: "email", template: "offer", kind: "service" } }],
        timeout: [{ id: "last", send: { channel: "email", template: "last-call" } }],
      },
    },
  ],
});

/** The same happens to some of both runs. */
async function both(
  type: string,
  who: number[],
  data: (id: string) => Record<string, unknown> = () => ({}),
): Promise<void> {
  for (const name of ["calm", "stormy"]) {
    for (const i of who) await happen(db, event(type, `${name}-${i}`, data(`${name}-${i}`)));
  }
}

async function lived(run: string) {
  const { rows } = await sql`
    select e.number, l.step, l.occurrence, l.attempt, l.outcome, l.value, l.at, e.status, e.ended_reason as why
    from enrolments e join ledger l on l.enrolment = e.id
    where e.run = ${run} order by e.number, l.at, l.step, l.occurrence, l.attempt`.execute(db);
  return rows;
}

test(
  "a run whose workflows are lost again and again ends as one that nothing happened to",
  { timeout: 600_000 },
  async () => {
    const [calm, stormy] = [await started(campaign("calm")), await started(campaign("stormy"))];
    const storm = async () => {
      await lose(stormy);
      // what is said while nobody is there must not be lost either
      await dispatchStimuli(db, temporal, schema);
      return recoverRun(db, temporal, schema, stormy);
    };
    await until(0.5);
    expect(await storm()).toEqual({ run: stormy, restarted: 1, running: 0, members: MEMBERS, runRestarted: true });
    await until(2);
    // its workflows run: nothing is to be done
    expect(await recoverRun(db, temporal, schema, stormy)).toMatchObject({
      restarted: 0,
      running: 1,
      runRestarted: false,
    });
    await both("check_in", [0, 1, 2, 3]);
    await until(2.2);
    await lose(stormy);
    await both("enquiry", [0, 1]);
    await storm();
    for (const run of [calm, stormy]) await pauseRun(db, run);
    await until(2.4);
    await storm();
    await until(3);
    for (const run of [calm, stormy]) await resumeRun(db, run);
    await until(5.5);
    await both("order.paid", [2, 4, 5], (id) => ({ order_id: `O-${id}`, amount: 10 }));
    await storm();
    await until(7);
    await both("order.paid", [6], (id) => ({ order_id: `O-${id}`, amount: 10 }));
    await until(12);

    const trace = await lived(calm);
    expect(trace.length).toBeGreaterThan(MEMBERS * 5);
    expect(await lived(stormy)).toEqual(trace);
    const { rows } = await sql`
    select run, count(*)::int as messages, count(distinct (enrolment, step, occurrence))::int as distinct from messages group by run order by run`.execute(
      db,
    );
    expect(rows).toMatchObject([{ run: calm }, { run: stormy, messages: (rows[0] as { messages: number }).messages }]);
    const live =
      await sql`select count(*)::int as live from enrolments where status = 'live' and arm = 'treatment'`.execute(db);
    expect(live.rows).toEqual([{ live: 0 }]);
    expect(await unfinishedRuns(db)).toEqual([calm, stormy]);
    await expect(recoverRun(db, temporal, schema, "no-such")).rejects.toThrow("no such run");
  },
);
