import fc from "../support/property.ts";
import { simpleParser } from "mailparser";
import { afterEach, describe, expect, test } from "vitest";
import type { OutgoingMessage } from "../../src/channel/channel.ts";
import { emailChannel } from "../../src/channel/email.ts";
import { composeMail, parseSender } from "../../src/channel/mime.ts";
import { recipientFor } from "../../src/channel/recipient.ts";
import { mailServer } from "../support/smtp.ts";

const message: OutgoingMessage = {
  id: "6f1c",
  to: "ann@example.com",
  subject: "Day 3",
  html: "<p>Hi</p>",
  text: "Hi",
  locale: "en",
  kind: "promotion",
  run: "winback-30-1",
  step: "days/day",
  date: new Date("2026-04-01T02:00:00Z"),
  unsubscribe: "https://go.example/l/abc",
};
const sender = parseSender("山间茶 <tea@hills.example>");
const to = { to: "ann@example.com", diverted: false };
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describe("composing", () => {
  test("any subject and body comes out as it went in", async () => {
    const words = fc.string({ unit: fc.constantFrom(..."aZ9 .=?_<>&é中文打卡👋\n".match(/./gsu)!), maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(words, words, async (subject, body) => {
        const oneLine = subject.replaceAll(/\s+/g, " ").trim();
        const raw = composeMail({ ...message, subject: oneLine, text: body, html: `<p>${body}</p>` }, sender, to);
        const mail = await simpleParser(raw);
        expect(mail.subject ?? "").toBe(oneLine);
        expect(mail.html).toBe(`<p>${body}</p>`);
        expect((mail.text ?? "").trimEnd()).toBe(body.trimEnd());
      }),
      { numRuns: 150 },
    );
  });

  test("says who writes, when, and how to get out", async () => {
    const mail = await simpleParser(composeMail(message, sender, to));
    expect(mail.from?.value).toEqual([{ name: "山间茶", address: "tea@hills.example" }]);
    expect(mail.messageId).toBe("<6f1c@rekindle>");
    expect(mail.date).toEqual(message.date);
    const raw = composeMail(message, sender, to).toString();
    expect(raw).toContain("\r\nList-Unsubscribe: <https://go.example/l/abc>\r\n");
    expect(raw).toContain("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
    expect(raw).toContain("\r\nPrecedence: bulk\r\n");
  });

  test("transactional mail has no way out", () => {
    const { unsubscribe: _, ...rest } = message;
    const raw = composeMail({ ...rest, kind: "transactional" }, sender, to).toString();
    expect(raw).not.toMatch(/^(List-Unsubscribe|Precedence)/m);
  });

  test("a sender without address is refused", () => {
    expect(() => parseSender("Tea")).toThrow("MAIL_FROM");
  });
});

describe("recipients", () => {
  test.each<[string, string[], ReturnType<typeof recipientFor>]>([
    ["ann@example.com", [], { to: "ann@example.com", diverted: false }],
    ["ann@example.com", ["me@x.io"], { to: "me@x.io", diverted: true }],
    ["Me@X.io", ["me@x.io"], { to: "Me@X.io", diverted: false }],
    ["ann@team.io", ["@team.io", "me@x.io"], { to: "ann@team.io", diverted: false }],
    ["ann@notteam.io", ["@team.io", "me@x.io"], { to: "me@x.io", diverted: true }],
    ["ann@example.com", ["@team.io"], undefined],
    ["ann@example.com\r\nRCPT TO:<x@y.z>", [], undefined],
    ["a@b.c,d@e.f", [], undefined],
    ["nobody", [], undefined],
  ])("%j with %j", (address, safe, expected) => {
    expect(recipientFor(address, safe)).toEqual(expected);
  });
});

describe("what a server says", () => {
  async function sendTo(options: Parameters<typeof mailServer>[0]) {
    const server = await mailServer(options);
    const channel = emailChannel({ url: server.url, from: "tea@hills.example", safeRecipients: [] });
    closing.push(
      () => channel.close(),
      () => server.close(),
    );
    return channel.send(message);
  }
  const answer = (responseCode: number, text = "ann@example.com no") =>
    Object.assign(new Error(text), { responseCode });

  test("of an address to which mail is diverted, nothing about the customer's", async () => {
    const server = await mailServer({ onRcptTo: (_a, _s, done) => done(answer(550)) });
    const channel = emailChannel({ url: server.url, from: "tea@hills.example", safeRecipients: ["me@hills.example"] });
    closing.push(
      () => channel.close(),
      () => server.close(),
    );
    expect(await channel.send(message)).toMatchObject({ result: "rejected", bounced: false });
  });

  test.each<[string, Parameters<typeof mailServer>[0], object]>([
    ["yes", {}, { result: "accepted" }],
    [
      "no such mailbox",
      { onRcptTo: (_a, _s, done) => done(answer(550)) },
      { result: "rejected", response: "EENVELOPE RCPT TO 550", bounced: true },
    ],
    [
      "no such mailbox, in the words of RFC 3463",
      { onRcptTo: (_a, _s, done) => done(answer(550, "5.1.1 who is ann@example.com")) },
      { result: "rejected", response: "EENVELOPE RCPT TO 550 5.1.1", bounced: true },
    ],
    [
      "not from you",
      { onRcptTo: (_a, _s, done) => done(answer(550, "5.7.1 blocked, ann@example.com")) },
      { result: "rejected", response: "EENVELOPE RCPT TO 550 5.7.1" },
    ],
    [
      "mailbox full for now",
      { onRcptTo: (_a, _s, done) => done(answer(452)) },
      { result: "temporary", response: "EENVELOPE RCPT TO 452" },
    ],
    ["this sender may not", { onMailFrom: (_a, _s, done) => done(answer(550)) }, { result: "temporary", down: true }],
    [
      "not this content",
      { onData: (stream, _s, done) => stream.resume().on("end", () => done(answer(554))) },
      { result: "rejected", response: "EMESSAGE DATA 554" },
    ],
    [
      "content, but later",
      { onData: (stream, _s, done) => stream.resume().on("end", () => done(answer(451))) },
      { result: "temporary" },
    ],
    ["go away", { onConnect: (_s, done) => done(answer(421)) }, { result: "temporary", down: true }],
  ])("%s", async (_name, options, expected) => {
    const result = await sendTo(options);
    expect(result).toMatchObject(expected);
    expect(result.bounced === true).toBe("bounced" in expected);
    expect(result.response).not.toContain("ann@");
  });

  test("nothing, since nobody is there", async () => {
    const channel = emailChannel({ url: "smtp://127.0.0.1:9", from: "tea@hills.example", safeRecipients: [] });
    closing.push(() => channel.close());
    expect(await channel.send(message)).toMatchObject({ result: "temporary", down: true });
  });

  test("nothing any more, once it has the content", async () => {
    const server = await mailServer({ onData: (stream) => void stream.resume().on("end", () => server.cut()) });
    const channel = emailChannel({ url: server.url, from: "tea@hills.example", safeRecipients: [] });
    closing.push(
      () => channel.close(),
      () => server.close(),
    );
    expect(await channel.send(message)).toMatchObject({ result: "unknown" });
  });
});
