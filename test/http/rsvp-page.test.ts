import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { RsvpStep, Step } from "../../src/campaign/program.ts";
import { type LinkPayload, linkUrl, signLink } from "../../src/template/link.ts";
import { all, enrol, type Enrolled, openWait, program, standStill } from "../intake/world.ts";
import { testSchema } from "../support/schema.ts";
import { SECRET, type Serving, serveTest } from "./serving.ts";

const schema = await testSchema();
const { db } = schema;
let serving: Serving;
beforeAll(async () => void (serving = await serveTest(schema)));
afterAll(() => serving.stop());

const tasting: RsvpStep = {
  kind: "rsvp",
  id: "tasting",
  channels: ["email"],
  template: "rsvp",
  sendKind: "service",
  topic: "service",
  validFor: { days: 2, minutes: 0 },
  within: { days: 7, minutes: 0 },
  seats: 1,
};
const steps: Record<string, Step> = { tasting, last: { kind: "exit", id: "last", reason: "over" } };
let people = 0;
let members: Enrolled[];
beforeEach(async () => {
  await standStill(db, "2026-04-02T04:00:00Z");
  const names = [`r${++people}`, `r${++people}`];
  ({ members } = await enrol(db, program(steps), names));
  for (const member of members) await openWait(db, member, "tasting", "rsvp.answered", "rsvp");
});

const address = (member: Enrolled, a?: LinkPayload["a"]) =>
  linkUrl(
    serving.server.url,
    signLink(
      SECRET,
      { k: "rsvp", m: "m", c: member.customer, e: member.enrolment, s: "tasting", ...(a && { a }) },
      Date.parse("2026-05-01T00:00:00Z"),
    ),
  );
async function get(url: string, init: RequestInit = {}) {
  const response = await fetch(url, { redirect: "manual", ...init });
  return { status: response.status, text: await response.text() };
}
const press = (url: string, answer: string) => get(url, { method: "POST", body: new URLSearchParams({ answer }) });
const english = () => sql`update customers set locale = 'en'`.execute(db);
const answers = () =>
  all(
    db,
    sql`select answer, place from rsvp_answers where enrolment = any(${members.map((m) => m.enrolment)}::bigint[]) order by enrolment`,
  );

test("looking answers nothing; the link's answer is the first button; pressing it twice is one answer", async () => {
  await english();
  const [guest] = members as [Enrolled];
  const page = await get(address(guest, "no"));
  expect(page.status).toBe(200);
  expect(page.text).toContain("Will you come?");
  expect(page.text.indexOf('value="no"')).toBeLessThan(page.text.indexOf('value="yes"'));
  expect(await answers()).toEqual([]);
  const [one, two] = await Promise.all([press(address(guest, "no"), "yes"), press(address(guest), "yes")]);
  expect(one.text).toContain("You are coming!");
  expect(two.text).toBe(one.text);
  expect(await answers()).toEqual([{ answer: "yes", place: "seat" }]);
  expect((await all(db, sql`select 1 from events where customer_id = ${guest.customerId}`)).length).toBe(1);
});

test("full: the waiting list, in both languages; and one may think again", async () => {
  const [first, second] = members as [Enrolled, Enrolled];
  expect((await press(address(first), "yes")).text).toContain("您已报名！");
  expect((await press(address(second), "yes")).text).toContain("您在候补名单上");
  expect((await get(address(second))).text).toMatch(/候补名单[^]*可以随时更改/);
  await english();
  expect((await press(address(first), "no")).text).toContain("You are not coming");
  // the seat that came free goes to who waits
  await expect.poll(answers, { timeout: 90_000 }).toEqual([
    { answer: "no", place: null },
    { answer: "yes", place: "seat" },
  ]);
  expect((await get(address(second))).text).toContain("You are coming!");
});

test("too late, or no answer at all: a friendly page, and nothing is stored", async () => {
  await english();
  const [guest] = members as [Enrolled];
  expect((await press(address(guest), "perhaps")).status).toBe(422);
  await sql`update waits set status = 'expired' where enrolment = ${guest.enrolment}`.execute(db);
  for (const page of [await get(address(guest)), await press(address(guest), "yes")])
    expect(page.text).toContain("This invitation is closed");
  expect(await answers()).toEqual([]);
});
