import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { DAY } from "../../src/campaign/calendar.ts";
import { option, RSVP_OUTCOMES, type RsvpStep, type Step } from "../../src/campaign/program.ts";
import { minuteOf, timeOf } from "../../src/store/clock.ts";
import { testSchema } from "../support/schema.ts";
import { at, enrolled, LAUNCH, pastEvent, programOf } from "./world.ts";

const { db } = await testSchema();
const NOW = minuteOf(LAUNCH);
beforeEach(async () => void (await at(db, LAUNCH)));

const tasting: RsvpStep = {
  kind: "rsvp",
  id: "tasting",
  channels: ["email"],
  template: "invite",
  sendKind: "service",
  topic: "service",
  validFor: { days: 2, minutes: 0 },
  within: { days: 7, minutes: 0 },
  seats: 1,
};
const steps: Record<string, Step> = {
  tasting,
  "tasting/expire": { kind: "expire", id: "tasting", of: "tasting", as: "timeout" },
  last: { kind: "exit", id: "last", reason: "over" },
};

test("invites by mail and waits; in the end silence and the waiting list go their own ways", async () => {
  const world = await enrolled(db, { program: programOf(steps), size: 3 });
  await sql`delete from contacts where customer = ${world.customers[2]}`.execute(db);
  expect((await world.act("tasting")).map((each) => each.outcome)).toEqual(["waiting", "waiting", "skipped"]);
  const messages = await sql`select data -> 'rsvp' as rsvp, kind from messages where run = ${world.run}`.execute(db);
  expect(messages.rows).toEqual([1, 2].map(() => ({ rsvp: { step: "tasting" }, kind: "service" })));
  const waits = await sql`
    select w.kind, w.event_type, w.until from waits w join enrolments e on e.id = w.enrolment where e.run = ${world.run}`.execute(
    db,
  );
  expect(waits.rows).toEqual(
    [1, 2].map(() => ({ kind: "rsvp", event_type: "rsvp.answered", until: timeOf(NOW + 7 * DAY) })),
  );
  const event = await pastEvent(db, world.customers[1]!, "rsvp.answered", LAUNCH.toISOString());
  await sql`
    insert into rsvp_answers (enrolment, step, run, answer, place, event, at)
    values (${world.enrolments[1]}, 'tasting', ${world.run}, 'yes', 'waiting', ${event}, ${LAUNCH})`.execute(db);
  const due = await at(db, NOW + 7 * DAY);
  expect(await world.act("tasting/expire", { members: [0, 1], due })).toEqual([
    { outcome: "timeout", at: due },
    { outcome: option(RSVP_OUTCOMES.indexOf("waiting-list")), at: due },
  ]);
  const places = await sql`select place from rsvp_answers where run = ${world.run}`.execute(db);
  expect(places.rows).toEqual([{ place: "missed" }]);
});
