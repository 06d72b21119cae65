import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastify from "fastify";
import iconv from "iconv-lite";
import { createTransport } from "nodemailer";
import { afterAll, expect, test } from "vitest";
import { type Listed, registerApi } from "../../src/local/inbox/api.ts";
import { type MailFile, openMailFile } from "../../src/local/inbox/mail-file.ts";
import { linksOf, parseMail } from "../../src/local/inbox/mime.ts";
import { registerPages } from "../../src/local/inbox/pages.ts";
import { listenSmtp } from "../../src/local/inbox/smtp.ts";

const folder = mkdtempSync(join(tmpdir(), "inbox "));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HTML = `<p>你好，<a href="https://x.example/l/abc?a=1&amp;b=2">签到</a> <a class="b" href='https://x.example/u'>bye</a></p>`;

test("mail that came by SMTP is listed once, in order, with its links, and is still there after a restart", async () => {
  const path = join(folder, "kept");
  const mails = await openMailFile(path);
  const smtp = await listenSmtp(mails, 0);
  const { port } = smtp.server.address() as { port: number };
  const sender = createTransport({ host: "127.0.0.1", port, pool: true, maxConnections: 4, ignoreTLS: true });
  const send = (number: number) =>
    sender.sendMail({
      ...{
        from: "铺子 <shop@x.example>",
        to: `c${number}@x.example`,
        subject: `唤醒 ${number} — win back`,
        html: HTML,
      },
      ...{ text: "你好", messageId: `<m${number}@x.example>`, list: { unsubscribe: "https://x.example/u" } },
    });
  await send(1);
  await Promise.all(Array.from({ length: 40 }, (_, i) => send(i + 2)));
  sender.close();
  await new Promise<void>((resolve) => smtp.close(resolve));

  const before = await listed(mails, "/api/messages?limit=1000");
  expect(before.map(({ id }) => id)).toEqual(Array.from({ length: 41 }, (_, i) => i + 1));
  expect(new Set(before.map(({ messageId }) => messageId)).size).toBe(41);
  expect(before[0]).toMatchObject({
    ...{ from: "shop@x.example", to: ["c1@x.example"], subject: "唤醒 1 — win back", messageId: "<m1@x.example>" },
    links: ["https://x.example/l/abc?a=1&b=2", "https://x.example/u"],
    headers: { "list-unsubscribe": "<https://x.example/u>" },
  });
  const ids = await listed<string>(mails, "/api/message-ids?after=1&limit=10000");
  expect(ids).toEqual(before.slice(1).map(({ messageId }) => messageId));
  expect((await listed(mails, "/api/messages?after=39")).map(({ id }) => id)).toEqual([40, 41]);
  expect((await listed(mails, "/api/messages?to=C7@x.example")).map(({ to }) => to)).toEqual([["c7@x.example"]]);
  await mails.close();

  const again = await openMailFile(path);
  expect(await listed(again, "/api/messages?limit=1000")).toEqual(before);
  await again.close();
});

test("half a mail that a crash left behind is dropped, and later mail is whole", async () => {
  const path = join(folder, "torn");
  const first = await openMailFile(path);
  await first.append({ from: "a@x.example", to: ["b@x.example"] }, Buffer.from("Subject: one\r\n\r\n1"));
  await first.close();
  appendFileSync(join(path, "mails"), "Subject: half a m");
  appendFileSync(join(path, "index.jsonl"), '{"from":"a@x.exa');
  const second = await openMailFile(path);
  expect(second.count).toBe(1);
  await second.append({ from: "a@x.example", to: ["b@x.example"] }, Buffer.from("Subject: two\r\n\r\n2"));
  await second.close();
  const third = await openMailFile(path);
  expect((await listed(third, "/api/messages")).map(({ subject }) => subject)).toEqual(["one", "two"]);
  await third.close();
});

test("people see the list and a mail, whose HTML can do nothing to the page", async () => {
  const mails = await openMailFile(join(folder, "seen"));
  const raw = 'From: <a@x.example>\r\nSubject: <b>x</b>\r\nContent-Type: text/html\r\n\r\n"><script>alert(1)</script>';
  await mails.append({ from: "a@x.example", to: ["b@x.example"] }, Buffer.from(raw));
  const app = fastify();
  registerPages(app, mails);
  registerApi(app, mails);
  const list = await app.inject("/");
  expect(list.body).toContain('<a href="/m/1">&#60;b&#62;x&#60;/b&#62;</a>');
  const mail = await app.inject("/m/1");
  expect(mail.body).not.toContain("<script>");
  expect(mail.body).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"');
  expect((await app.inject("/api/messages/1/raw")).body).toBe(raw);
  expect((await app.inject("/m/9")).statusCode).toBe(404);
  expect((await app.inject("/api/messages/x/raw")).statusCode).toBe(404);
  await app.close();
  await mails.close();
});

test("parts are found in nested multiparts, whatever their encoding and charset", () => {
  const chinese = iconv.encode('<a href=https://no.example>无</a><a href="https://x.example/签">签到</a>', "gb18030");
  const raw = [
    'Content-Type: multipart/mixed;\r\n boundary="outer"\r\n\r\npreamble\r\n--outer',
    "Content-Type: multipart/alternative; boundary=inner\r\n\r\n--inner",
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=E4=BD=A0=\r\n=E5=A5=BD\r\n--inner",
    `Content-Type: TEXT/HTML; charset="gb18030"\r\nContent-Transfer-Encoding: BASE64\r\n\r\n${chinese.toString("base64")}\r\n--inner--`,
    "--outer\r\nContent-Type: text/html\r\n\r\nan attachment that is not the mail\r\n--outer--\r\n",
  ].join("\r\n");
  const { text, html } = parseMail(Buffer.from(raw));
  expect(text!.trim()).toBe("你好");
  expect(linksOf(html)).toEqual(["https://x.example/签"]);
});

async function listed<T = Listed>(mails: MailFile, url: string): Promise<T[]> {
  const app = fastify();
  registerApi(app, mails);
  const answer = await app.inject(url);
  await app.close();
  return answer.json<T[]>();
}
