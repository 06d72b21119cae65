import { sql } from "kysely";
import { simpleParser } from "mailparser";
import { afterEach, describe, expect, test } from "vitest";
import { openDelivery } from "../../src/delivery/delivery.ts";
import { openWaker } from "../../src/delivery/lane.ts";
import { ServiceError } from "../../src/fault.ts";
import { setClock } from "../../src/store/clock.ts";
import { suppress } from "../../src/store/suppression.ts";
import { transaction } from "../../src/store/database.ts";
import { verifyLink } from "../../src/template/link.ts";
import { mailServer } from "../support/smtp.ts";
import { testSchema } from "../support/schema.ts";
import { configFor, START, until, world, type World } from "./world.ts";

const { db, schema } = await testSchema();
const secret = "a secret for these tests";
const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.stop();
});

async function smtp(options?: Parameters<typeof mailServer>[0]) {
  const server = await mailServer(options);
  open.push({ stop: () => server.close() });
  return server;
}

async function deliver(smtpUrl: string, more: Parameters<typeof configFor>[1] = {}) {
  const delivery = await openDelivery({
    db,
    secret,
    sweepMs: 100,
    leaseMs: 10_000,
    onError: (error) => console.error(error),
    config: configFor(schema, { smtpUrl, ...more }),
  });
  open.unshift(delivery);
  return delivery;
}

async function settled(w: World) {
  await until(async () => {
    const { rows } = await sql<{ left: number }>`
      select count(*) as left from messages where run = ${w.run} and status in ('pending', 'claimed', 'sending')`.execute(
      db,
    );
    return rows[0]!.left === 0;
  });
}

describe("a message", () => {
  test("arrives with its person, its links and the one-click way out", async () => {
    const server = await smtp();
    const w = await world(db, 1);
    await w.queue();
    await deliver(server.url);
    await settled(w);
    const mail = await simpleParser(server.mails[0]!.raw);
    expect(mail.subject).toBe("第 3 天，今日打卡已开启（共 30 天）");
    expect(server.mails[0]!.to).toBe(`c${w.customers[0]}@example.com`);
    expect(mail.text).toContain(`客户${w.customers[0]}，您好！`);
    const header = (name: string) => mail.headerLines.find(({ key }) => key === name)?.line;
    expect(header("list-unsubscribe-post")).toBe("List-Unsubscribe-Post: List-Unsubscribe=One-Click");
    const token = /<https:\/\/go\.example\/l\/(.+)>/.exec(header("list-unsubscribe")!.replaceAll(/\s+/g, ""))![1]!;
    expect(verifyLink(secret, token, START.getTime())).toMatchObject({
      ok: true,
      payload: { k: "unsubscribe", c: w.customers[0] },
    });
    const checkIn = /href="https:\/\/go\.example\/l\/([^"]+)"/.exec(String(mail.html))![1]!;
    expect(verifyLink(secret, checkIn, START.getTime())).toMatchObject({
      ok: true,
      payload: { k: "check-in", e: w.enrolments[0], s: "days", d: 3 },
    });
    const { rows } = await sql<{ id: string; accepted: boolean }>`
      select id, accepted_at between committed_at and committed_at + interval '10 seconds' as accepted
      from messages where run = ${w.run} and committed_seq is not null`.execute(db);
    expect(rows).toEqual([{ id: server.mails[0]!.messageId, accepted: true }]);
  });

  test("speaks English to those who read it, and shows its coupon", async () => {
    const server = await smtp();
    const w = await world(db, 1);
    const coupon = {
      code: `WB-${w.enrolments[0]}`,
      percentOff: 20,
      minimum: 10_000,
      currency: "CNY",
      expiresAt: "2026-04-08T02:00:00Z",
    };
    await w.queue({ template: "offer", step: "offer", locale: "en", data: { coupon }, coupon: true });
    await deliver(server.url);
    await settled(w);
    const mail = await simpleParser(server.mails[0]!.raw);
    expect(mail.subject).toBe("A thank-you for your days with us: 20 % off");
    expect(mail.text).toContain("20 % off your next order of ¥100 or more. Valid until 8 April 2026, once.");
    const { rows } =
      await sql`select status, issued_at is not null as issued from coupons where code = ${coupon.code}`.execute(db);
    expect(rows).toEqual([{ status: "issued", issued: true }]);
    await sql`delete from coupons`.execute(db);
    await sql`delete from coupon_pools`.execute(db);
  });
});

describe("at the last moment", () => {
  async function delivered(w: World) {
    const server = await smtp();
    await deliver(server.url);
    await settled(w);
    return server;
  }

  test("promotions of before a conversion are withheld, their coupons go back, service mail leaves", async () => {
    const w = await world(db, 2);
    await w.queue({ template: "offer", step: "offer", coupon: true });
    await w.queue({ template: "survey", step: "survey", kind: "service", data: { survey: { step: "survey" } } });
    await sql`update enrolments set epoch = 1 where id = ${w.enrolments[0]}`.execute(db);
    const server = await delivered(w);
    expect(await w.counts()).toEqual({ accepted: 3, "withheld superseded": 1 });
    expect(server.mails.filter(({ to }) => to === `c${w.customers[0]}@example.com`)).toHaveLength(1);
    const { rows } = await sql`select status from coupons order by enrolment`.execute(db);
    expect(rows).toEqual([{ status: "released" }, { status: "issued" }]);
    const pools = await sql`select reserved from coupon_pools`.execute(db);
    expect(pools.rows).toEqual([{ reserved: 1 }]);
    await sql`delete from coupons`.execute(db);
    await sql`delete from coupon_pools`.execute(db);
  });

  test("what is too late, unwanted or of a stopped run does not leave", async () => {
    const late = await world(db, 1);
    await late.queue({ validUntil: new Date(START.getTime() - 1) });
    const refused = await world(db, 1);
    await refused.queue();
    await sql`update consents set granted = false where customer = ${refused.customers[0]}`.execute(db);
    const suppressed = await world(db, 1);
    await suppressed.queue({ kind: "service" });
    await transaction(db, (tx) =>
      suppress(tx, [{ channel: "email", value: `C${suppressed.customers[0]}@Example.com` }], "bounce", START),
    );
    const erased = await world(db, 1);
    await erased.queue();
    await sql`update messages set contact = (select id from contacts where kind = 'name' limit 1) where run = ${erased.run}`.execute(
      db,
    );
    const stopped = await world(db, 1);
    await stopped.queue();
    await sql`update runs set status = 'stopped' where id = ${stopped.run}`.execute(db);
    const server = await smtp();
    await deliver(server.url);
    for (const w of [late, refused, suppressed, erased, stopped]) await settled(w);
    expect(await late.counts()).toEqual({ "withheld expired": 1 });
    expect(await refused.counts()).toEqual({ "withheld refused:email": 1 });
    expect(await suppressed.counts()).toEqual({ "withheld suppressed:email": 1 });
    expect(await erased.counts()).toEqual({ "withheld no-address:email": 1 });
    expect(await stopped.counts()).toEqual({ "withheld stopped": 1 });
    expect(server.mails).toEqual([]);
  });

  test("problems first: promotions wait while a complaint is open; and a paused run waits", async () => {
    const w = await world(db, 2);
    await sql`
      insert into complaints (id, customer, source, opened_at) values (${w.run}, ${w.customers[0]}, 'test', ${START})`.execute(
      db,
    );
    await w.queue();
    const paused = await world(db, 1);
    await paused.queue();
    await sql`update runs set status = 'paused' where id = ${paused.run}`.execute(db);
    const server = await smtp();
    await deliver(server.url);
    await until(async () => (await w.counts()).accepted === 1);
    expect(await w.counts()).toEqual({ accepted: 1, "pending problem-first": 1 });
    expect(await paused.counts()).toEqual({ pending: 1 });
    await sql`update complaints set status = 'solved' where customer = ${w.customers[0]}`.execute(db);
    await sql`update runs set status = 'running' where id = ${paused.run}`.execute(db);
    await setClock(db, new Date(START.getTime() + 3_700_000), 1);
    await settled(w);
    await settled(paused);
    expect(server.mails).toHaveLength(3);
  });

  test("quiet hours hold what was decided before them", async () => {
    const hours = { from: 600, to: 601, onConflict: "defer" as const }; // 10:00 to 10:01
    const w = await world(db, 1, { caps: [], problemFirst: true, quietHours: hours });
    await w.queue();
    const server = await smtp();
    await deliver(server.url);
    await until(async () => (await w.counts())["pending quiet-hours"] === 1);
    const { rows } = await sql<{ not_before: Date }>`select not_before from messages where run = ${w.run}`.execute(db);
    expect(rows[0]!.not_before).toEqual(new Date("2026-04-01T02:01:00Z"));
    await setClock(db, new Date("2026-04-01T02:01:00Z"), 1);
    await settled(w);
    expect(server.mails).toHaveLength(1);
  });
});

describe("when things fail", () => {
  test("a refused recipient is rejected, a busy server is tried again, and no address is kept", async () => {
    let busy = 3;
    const w = await world(db, 4);
    const bad = `c${w.customers[0]}@example.com`;
    const server = await smtp({
      onRcptTo({ address }, _session, done) {
        if (address === bad) return done(Object.assign(new Error(`no mailbox ${bad}`), { responseCode: 550 }));
        if (busy-- > 0) return done(Object.assign(new Error("busy"), { responseCode: 451 }));
        done();
      },
    });
    await w.queue();
    await deliver(server.url);
    await until(async () => (await w.counts()).rejected === 1);
    await until(async () => busy <= 0);
    await sql`update messages set retry_at = null where run = ${w.run}`.execute(db); // as if the wait were over
    await settled(w);
    expect(await w.counts()).toEqual({ accepted: 3, rejected: 1 });
    const { rows } = await sql<{
      response: string;
    }>`select response from messages where run = ${w.run} and status = 'rejected'`.execute(db);
    expect(rows[0]!.response).toBe("EENVELOPE RCPT TO 550");
  });

  test("a connection lost after the mail was handed over is unknown, and not sent again", async () => {
    const w = await world(db, 1);
    let handed = 0;
    const server = await smtp({
      onData(stream) {
        stream.resume();
        stream.on("end", () => {
          handed += 1;
          server.cut();
        });
      },
    });
    await w.queue();
    await deliver(server.url);
    await settled(w);
    expect(await w.counts()).toEqual({ "unknown connection-lost": 1 });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(handed).toBe(1);
  });

  test("a server that is away delays, and costs no message", async () => {
    const w = await world(db, 30);
    await w.queue();
    const server = await smtp();
    const away = server.url.replace(/\d+$/, "9");
    const first = await deliver(away);
    await until(async () => {
      const { rows } = await sql<{
        n: number;
      }>`select count(*) as n from messages where run = ${w.run} and retry_at is not null`.execute(db);
      return rows[0]!.n === 30;
    });
    await first.stop();
    expect(await w.counts()).toEqual({ pending: 30 });
    await sql`update messages set retry_at = null where run = ${w.run}`.execute(db);
    await deliver(server.url);
    await settled(w);
    expect(server.mails).toHaveLength(30);
  });

  test("a template that cannot be filled in withholds that message alone", async () => {
    const w = await world(db, 2);
    await w.queue();
    await sql`update messages set template = 'nowhere' where enrolment = ${w.enrolments[0]}`.execute(db);
    const server = await smtp();
    await deliver(server.url);
    await settled(w);
    expect(await w.counts()).toEqual({ accepted: 1, "withheld template-failed": 1 });
    expect(server.mails).toHaveLength(1);
  });

  test("without Valkey, sweeps deliver all the same, and waking it neither throws nor blocks", async () => {
    const w = await world(db, 30);
    await w.queue();
    const server = await smtp();
    const redisUrl = "redis://127.0.0.1:9";
    const waker = openWaker({ redisUrl, prefix: schema });
    for (let i = 0; i < 1_000; i++) waker.wake("deliver");
    await deliver(server.url, { redisUrl });
    await settled(w);
    expect(server.mails).toHaveLength(30);
    await waker.close();
  });

  test("on a demo clock nothing but the local inbox is written to", async () => {
    const server = await smtp();
    const w = await world(db, 1);
    await w.queue();
    await setClock(db, START, 1440);
    await expect(deliver(server.url)).rejects.toThrow(ServiceError);
    await deliver(server.url, { inboxUrl: "http://127.0.0.1:1" });
    await settled(w);
    expect(server.mails).toHaveLength(1);
  });
});

test("SAFE_RECIPIENTS: everybody else's mail goes to the first of them", async () => {
  const server = await smtp();
  const w = await world(db, 2);
  await w.queue();
  await deliver(server.url, { safeRecipients: ["me@team.example", `c${w.customers[0]}@example.com`] });
  await settled(w);
  const to = server.mails.map((mail) => [mail.to, /^X-Rekindle-Diverted: yes\r?$/m.test(mail.raw)]);
  expect(to).toEqual(
    expect.arrayContaining([
      ["me@team.example", true],
      [`c${w.customers[0]}@example.com`, false],
    ]),
  );
  expect(server.mails.some((mail) => mail.raw.includes(`c${w.customers[1]}@`))).toBe(false);
});

test("a rate is kept by all processes together", async () => {
  const server = await smtp();
  const w = await world(db, 100);
  await w.queue();
  const started = performance.now();
  await Promise.all([deliver(server.url, { mailPerSecond: 30 }), deliver(server.url, { mailPerSecond: 30 })]);
  await settled(w);
  const seconds = (performance.now() - started) / 1000;
  expect(server.mails).toHaveLength(100);
  // sixty at once from a full bucket, the rest at thirty a second
  expect(seconds).toBeGreaterThan(1.1);
});
