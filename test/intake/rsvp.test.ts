import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { option, type Program, RSVP_OUTCOMES, type RsvpStep, type Step } from "../../src/campaign/program.ts";
import { reactToEvents } from "../../src/intake/react.ts";
import { fillSeats } from "../../src/intake/seat.ts";
import { insertEvents } from "../../src/store/event.ts";
import { loadJourneyFacts } from "../../src/store/journey-facts.ts";
import { testSchema } from "../support/schema.ts";
import { all, enrol, type Enrolled, event, happen, HOME, openWait, program, standStill, START } from "./world.ts";

const { db } = await testSchema();
beforeEach(() => standStill(db, "2026-04-02T04:00:00Z"));

const rsvp: RsvpStep = {
  kind: "rsvp",
  id: "tasting",
  channels: ["email"],
  template: "rsvp",
  sendKind: "service",
  topic: "service",
  validFor: { days: 2, minutes: 0 },
  within: { days: 7, minutes: 0 },
};
const last: Step = { kind: "exit", id: "last", reason: "over" };
const withSeats = (seats?: number): Program =>
  program({ tasting: { ...rsvp, ...(seats !== undefined && { seats }) }, last });

let people = 0;
async function invite(document: Program, count: number): Promise<{ run: string; members: Enrolled[] }> {
  const made = await enrol(
    db,
    document,
    Array.from({ length: count }, () => `guest-${++people}`),
  );
  for (const member of made.members) await openWait(db, member, "tasting", "rsvp.answered", "rsvp");
  return made;
}
const says = (member: Enrolled, answer: string, more: Record<string, unknown> = {}) =>
  event("rsvp.answered", member.customerId, { enrolment: member.enrolment, step: "tasting", answer, ...more });
const places = (run: string) =>
  all(
    db,
    sql<{ number: number; answer: string; place: string | null }>`
      select e.number, a.answer, a.place from rsvp_answers a join enrolments e on e.id = a.enrolment
      where a.run = ${run} order by e.number`,
  );
const told = async (run: string) =>
  (
    await all(
      db,
      sql<{ member: number; body: { outcome: number } }>`
      select member, body from stimuli where run = ${run} order by id`,
    )
  ).map(({ member, body }) => `${member} ${RSVP_OUTCOMES[body.outcome - option(0)]}`);

describe("an answer", () => {
  test("lets the journey go on its own way, and rules know it", async () => {
    const { run, members } = await invite(withSeats(), 3);
    const [yes, no, maybe] = members as [Enrolled, Enrolled, Enrolled];
    const reactions = await happen(db, says(yes, "yes"), says(no, "no"), says(maybe, "maybe"));
    expect(reactions.map((reaction) => reaction.rsvp)).toEqual([
      [{ enrolment: yes.enrolment, step: "tasting", answer: "yes", place: "seat" }],
      [{ enrolment: no.enrolment, step: "tasting", answer: "no" }],
      [{ enrolment: maybe.enrolment, step: "tasting", answer: "maybe" }],
    ]);
    expect(await told(run)).toEqual(["0 yes", "1 no", "2 maybe"]);
    const facts = await db.transaction().execute((tx) =>
      loadJourneyFacts(
        tx,
        withSeats(),
        members.map((member) => member.enrolment),
        [{ name: "steps.tasting.answer", type: "string", source: { from: "scope" } }],
        START,
      ),
    );
    expect(members.map(({ enrolment }) => facts.get(enrolment))).toEqual(
      ["yes", "no", "maybe"].map((answer) => ({ "steps.tasting.answer": answer })),
    );
  });

  test("without saying which invitation is for the one that waits; one that nobody waits for comes too late", async () => {
    const { run, members } = await invite(withSeats(), 2);
    const [open, shut] = members as [Enrolled, Enrolled];
    await sql`update waits set status = 'expired' where enrolment = ${shut.enrolment}`.execute(db);
    const reactions = await happen(
      db,
      event("rsvp.answered", open.customerId, { answer: "yes" }),
      says(shut, "yes"),
      event("rsvp.answered", shut.customerId, { answer: "yes" }),
    );
    expect(reactions.slice(1)).toMatchObject([{ rsvp: [{ result: "too-late" }] }, {}]);
    expect(await places(run)).toEqual([{ number: 0, answer: "yes", place: "seat" }]);
  });

  test("may be changed: the latest one stands, and the journey is not turned back", async () => {
    const { run, members } = await invite(withSeats(), 1);
    await happen(db, says(members[0]!, "yes"));
    await happen(db, says(members[0]!, "no"));
    expect(await places(run)).toEqual([{ number: 0, answer: "no", place: null }]);
    expect(await told(run)).toEqual(["0 yes"]);
  });

  test("that is none is refused when posted", async () => {
    const { members } = await invite(withSeats(), 1);
    expect(await happen(db, says(members[0]!, "perhaps"))).toEqual([{ error: "bad-data" }]);
  });
});

describe("seats", () => {
  test("never go to more than there are, however many say yes at once", async () => {
    const { run, members } = await invite(withSeats(7), 40);
    await insertEvents(
      db,
      members.map((member) => says(member, "yes")),
    );
    const lanes = Array.from({ length: 4 }, async () => {
      while (await reactToEvents({ db, home: HOME, onStimuli: () => undefined })) continue;
    });
    await Promise.all(lanes);
    const found = await places(run);
    expect(found.filter(({ place }) => place === "seat")).toHaveLength(7);
    expect(found.filter(({ place }) => place === "waiting")).toHaveLength(33);
    expect(await told(run)).toHaveLength(7);
  });

  test("that come free go to who has waited longest; nobody overtakes", async () => {
    const { run, members } = await invite(withSeats(1), 4);
    const [first, second, third, fourth] = members as [Enrolled, Enrolled, Enrolled, Enrolled];
    for (const member of [first, second, third]) await happen(db, says(member, "yes"));
    await happen(db, says(first, "no"));
    await happen(db, says(fourth, "yes"));
    expect((await places(run)).map(({ place }) => place)).toEqual([null, "waiting", "waiting", "waiting"]);
    await Promise.all([fillSeats(db), fillSeats(db)]);
    expect((await places(run)).map(({ place }) => place)).toEqual([null, "seat", "waiting", "waiting"]);
    expect(await told(run)).toEqual(["0 yes", "1 yes"]);
    expect(await fillSeats(db)).toBe(0);
    await happen(db, says(second, "no"), says(third, "no"));
    expect(await fillSeats(db)).toBe(1);
    expect((await places(run)).map(({ place }) => place)).toEqual([null, null, null, "seat"]);
    expect(await told(run)).toEqual(["0 yes", "1 yes", "2 no", "3 yes"]);
  });
});
