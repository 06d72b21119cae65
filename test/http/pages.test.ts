import { createHash } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Step } from "../../src/campaign/program.ts";
import { type LinkPayload, linkUrl, signLink } from "../../src/template/link.ts";
import { all, type Enrolled, enrol, openChallenge, openWait, program, standStill } from "../intake/world.ts";
import { testSchema } from "../support/schema.ts";
import { SECRET, type Serving, serveTest } from "./serving.ts";

const schema = await testSchema();
const { db } = schema;
let serving: Serving;
beforeAll(async () => {
  serving = await serveTest(schema);
});
afterAll(() => serving.stop());

const NOON = "2026-04-02T04:00:00Z"; // day 2 of the challenge
const steps: Record<string, Step> = {
  "days/open": {
    kind: "challengeOpen",
    id: "days",
    event: "check_in",
    days: 30,
    at: 540,
    gifts: [
      { every: 1, points: 10 },
      { streak: 2, gift: "mug" },
    ],
  },
  survey: {
    kind: "survey",
    id: "survey",
    channels: ["email"],
    template: "survey",
    sendKind: "service",
    topic: "survey",
    validFor: "day",
    within: { days: 7, minutes: 0 },
    questions: [
      { id: "score", rating: 5, label: { en: "How <good>?", "zh-CN": "满意吗？" } },
      { id: "why", text: true },
    ],
  },
};
let people = 0;
let member: Enrolled & { run: string; message: string };
beforeEach(async () => {
  await standStill(db, NOON);
  const customer = `p${++people}`;
  const { run, members } = await enrol(db, program(steps), [customer]);
  member = { ...members[0]!, run, message: `m-${people}` };
  await openChallenge(db, member, 20544);
  await sql`insert into contacts (customer, kind, value, created_at) values (${member.customer}, 'email', 'p@shop.example', now())`.execute(
    db,
  );
  await sql`insert into messages (id, enrolment, customer, run, step, occurrence, channel, contact, template, kind, topic, locale, epoch, status, not_before, created_at)
    select ${member.message}, ${member.enrolment}, ${member.customer}, ${run}, 'days/day', 1, 'email', id, 't', 'promotion', 'promotion', 'en', 0, 'accepted', now(), now()
    from contacts where customer = ${member.customer}`.execute(db);
  await sql`insert into consents (customer, channel, topic, granted, source, at) values (${member.customer}, 'email', 'promotion', true, 'import', '2026-01-01')`.execute(
    db,
  );
});
const address = (payload: Partial<LinkPayload> & Pick<LinkPayload, "k">, until = "2026-05-01T00:00:00Z") =>
  linkUrl(
    serving.server.url,
    signLink(SECRET, { m: member.message, c: member.customer, e: member.enrolment, ...payload }, Date.parse(until)),
  );
async function get(url: string, init: RequestInit = {}) {
  const response = await fetch(url, { redirect: "manual", ...init });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
const press = (url: string, fields: Record<string, string> = {}) =>
  get(url, { method: "POST", body: new URLSearchParams(fields) });
const checkIns = () => all(db, sql`select day from check_ins where enrolment = ${member.enrolment} order by day`);
const consent = async () =>
  (await all(db, sql<{ granted: boolean }>`select granted from consents where customer = ${member.customer}`))[0]!
    .granted;

describe("check-in", () => {
  test("looking does nothing; pressing the button counts and shows streak, points and gift", async () => {
    const first = address({ k: "check-in", s: "days", d: 1 });
    const page = await get(first);
    expect(page.text).toContain("Day 1 of 30");
    expect(page.text).toContain("Tea &#38; &#60;Co&#62;");
    expect(await checkIns()).toEqual([]);
    expect((await press(first)).text).toContain("+10 points");
    const second = await press(address({ k: "check-in", s: "days", d: 2 }));
    expect(second.status).toBe(200);
    expect(second.text).toContain("2 days in a row");
    expect(second.text).toContain("You have earned a gift: Mug");
    expect(await checkIns()).toEqual([{ day: 20544 }, { day: 20545 }]);
  });
  test("pressing twice counts once and shows the same; coming back says so; in Chinese for those who read Chinese", async () => {
    await sql`update messages set locale = 'zh-CN' where id = ${member.message}`.execute(db);
    const link = address({ k: "check-in", s: "days", d: 2 });
    expect((await get(link)).text).toMatch(/<html lang="zh-CN">[^]*第 2 天 \/ 共 30 天/);
    const [one, two] = await Promise.all([press(link), press(link)]);
    expect(one.text).toContain("+10 积分");
    expect(two.text).toBe(one.text);
    expect((await get(link)).text).toContain("已经打过卡了");
    expect(
      await all(db, sql`select sum(points)::int as points from points where enrolment = ${member.enrolment}`),
    ).toEqual([{ points: 10 }]);
  });
  test("too late, too early, and over are said kindly", async () => {
    expect((await press(address({ k: "check-in", s: "days", d: 5 }))).text).toContain("Day 5 has not begun yet");
    await standStill(db, "2026-04-05T04:00:00Z");
    expect((await press(address({ k: "check-in", s: "days", d: 1 }))).text).toContain("until two days after it ended");
    await sql`update challenges set status = 'closed', closed_reason = 'converted' where enrolment = ${member.enrolment}`.execute(
      db,
    );
    expect((await press(address({ k: "check-in", s: "days", d: 4 }))).text).toContain("This challenge is over");
    expect((await get(address({ k: "check-in", s: "days", d: 4 }))).text).toContain("This challenge is over");
    expect(await checkIns()).toEqual([]);
  });
});

describe("survey", () => {
  test("asks, refuses an empty form, keeps the answers and sends the journey on", async () => {
    await openWait(db, member, "survey", "survey.answered", "survey");
    const link = address({ k: "survey", s: "survey" });
    const page = await get(link);
    expect(page.text).toContain("How &#60;good&#62;?");
    // whatever the question says: nobody shall guess which end is the good one
    expect(page.text).toContain("5 is best");
    expect(page.text.match(/type="radio"/g)).toHaveLength(5);
    expect((await press(link, { score: "9" })).status).toBe(422);
    const thanks = await press(link, { score: "4", why: "<script>" });
    expect([thanks.status, thanks.text.includes("Thank you!")]).toEqual([200, true]);
    expect(
      await all(
        db,
        sql`select question, rating, answer from survey_answers where enrolment = ${member.enrolment} order by 1`,
      ),
    ).toEqual([
      { question: "score", rating: 4, answer: null },
      { question: "why", rating: null, answer: "<script>" },
    ]);
    expect(await all(db, sql`select body ->> 'kind' as kind from stimuli where run = ${member.run}`)).toEqual([
      { kind: "met" },
    ]);
    expect((await get(link)).text).toContain("Thank you!");
  });
});

describe("unsubscribe", () => {
  test("a mail client's one click is enough, in either form that RFC 8058 allows, and again changes nothing", async () => {
    const link = address({ k: "unsubscribe" });
    await get(link);
    expect(await consent()).toBe(true);
    const form = new FormData();
    form.set("List-Unsubscribe", "One-Click");
    expect((await get(link, { method: "POST", body: form })).status).toBe(200);
    expect(await consent()).toBe(false);
    expect((await press(link, { "List-Unsubscribe": "One-Click" })).text).toContain("You are unsubscribed");
    expect((await get(link, { method: "POST" })).status).toBe(200);
    expect(await all(db, sql`select kind from message_clicks where message = ${member.message}`)).toEqual([
      { kind: "unsubscribe" },
    ]);
  });
  test("who changes their mind can come back", async () => {
    await press(address({ k: "unsubscribe" }));
    const link = address({ k: "preferences" });
    expect((await get(link)).text).toContain("You do not get offers");
    await standStill(db, "2026-04-02T04:01:00Z");
    expect((await press(link, { granted: "yes" })).text).toContain("You get offers");
    expect(await consent()).toBe(true);
    await press(link, { granted: "what?" });
    expect(await consent()).toBe(true);
  });
});

describe("links", () => {
  test("forged and expired ones show a friendly page, and nothing changes", async () => {
    const good = address({ k: "check-in", s: "days", d: 2 });
    const other = signLink(
      "another secret that is long enough",
      { k: "check-in", m: member.message, c: member.customer, e: member.enrolment, s: "days", d: 2 },
      Date.parse("2026-05-01"),
    );
    const [body] = good.split("/l/")[1]!.split(".");
    for (const url of [
      `${good}x`,
      linkUrl(serving.server.url, other),
      linkUrl(serving.server.url, `${body}.`),
      linkUrl(serving.server.url, "nonsense"),
      `${good}.more`,
    ]) {
      for (const answer of [await get(url), await press(url)]) {
        expect(answer.status).toBe(404);
        expect(answer.headers.get("content-type")).toContain("text/html");
        expect(answer.text).toContain("This link does not work");
      }
    }
    const expired = address({ k: "check-in", s: "days", d: 2 }, "2026-04-02T03:59:59Z");
    expect([(await get(expired)).status, (await press(expired)).status]).toEqual([410, 410]);
    expect((await get(expired, { headers: { "accept-language": "zh" } })).text).toContain("链接已过期");
    expect(await checkIns()).toEqual([]);
    expect(await all(db, sql`select 1 from events where customer_id = ${member.customerId}`)).toEqual([]);
  });
  test("one person's link does nothing for another's enrolment", async () => {
    const { members } = await enrol(db, program(steps), [`p${++people}`]);
    expect((await press(address({ k: "check-in", s: "days", d: 2, c: members[0]!.customer }))).text).toContain(
      "挑战已结束",
    );
    expect(await checkIns()).toEqual([]);
  });
  test("pages bring nothing from elsewhere, run nothing, and are not kept", async () => {
    const { headers, text } = await get(address({ k: "check-in", s: "days", d: 2 }));
    const [, style] = /<style>([^]*?)<\/style>/.exec(text)!;
    const hash = createHash("sha256").update(style!).digest("base64");
    // a browser leaves out a style whose hash differs by as much as a blank
    expect(headers.get("content-security-policy")).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(text).toContain('name="viewport" content="width=device-width, initial-scale=1"');
    expect(text).not.toMatch(/<script|https?:\/\//);
  });
  test("clicks and opens are noted once, and the way to the shop is open", async () => {
    const shop = await get(address({ k: "click" }));
    expect([shop.status, shop.headers.get("location")]).toEqual([302, "https://shop.example/tea"]);
    for (const k of ["click", "open"] as const) await get(address({ k }));
    expect(await all(db, sql`select kind from message_clicks where message = ${member.message} order by kind`)).toEqual(
      [{ kind: "click" }, { kind: "open" }],
    );
  });
});
