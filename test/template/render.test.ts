import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compileTemplate } from "../../src/template/compile.ts";
import type { TemplateData } from "../../src/template/data.ts";
import { render } from "../../src/template/render.ts";

function source(name: string): string {
  return readFileSync(new URL(`../../rules/templates/${name}.mjml`, import.meta.url), "utf8");
}

const data: TemplateData = {
  brand: "Tea & Hills",
  locale: "en",
  campaign: { name: "Win-back month" },
  customer: { name: "Ann <b>Lee</b>", traits: { city: "Leeds" } },
  challenge: { day: 2, days: 30 },
  coupon: { code: "WB-7K3M-Q2XD", percentOff: 20, minimum: "¥100", expires: "2 June 2026" },
  links: {
    checkIn: "https://go.example/l/check",
    survey: "https://go.example/l/survey",
    unsubscribe: "https://go.example/l/bye",
    preferences: "https://go.example/l/prefs",
    shop: "https://go.example/l/shop",
  },
};

describe("a mail", () => {
  test("has subject, HTML and a readable text part, with values escaped in HTML only", async () => {
    const mail = render(await compileTemplate(source("day.en"), "en"), data);
    expect(mail.subject).toBe("Day 2 of 30: your check-in is open");
    expect(mail.html).toContain("Hello Ann &lt;b&gt;Lee&lt;/b&gt;,");
    expect(mail.html).toContain('href="https://go.example/l/check"');
    expect(mail.html).toContain('lang="en"');
    expect(mail.html).toContain("Tea &amp; Hills");
    expect(mail.text.split("\n\n")).toEqual([
      "Tea & Hills",
      "Hello Ann <b>Lee</b>,",
      "Day 2 of 30",
      "One tap is all it takes today. Every check-in earns points, and seven days in a row earn a gift.",
      "Check in for today https://go.example/l/check",
      "The link works on your phone, no login needed.",
      "You receive this because you agreed to hear from Tea & Hills. Unsubscribe https://go.example/l/bye",
    ]);
  });

  test("speaks Chinese", async () => {
    const mail = render(await compileTemplate(source("offer.zh-CN"), "zh-CN"), {
      ...data,
      brand: "山间茶",
      locale: "zh-CN",
    });
    expect(mail.subject).toBe("感谢您的坚持，送您一张专属优惠券");
    expect(mail.html).toContain('lang="zh-CN"');
    expect(mail.text).toContain("下一单享 8 折，满 ¥100 可用。有效期至 2 June 2026，限用一次。");
    expect(mail.text).toContain("退订 https://go.example/l/bye");
  });

  test("does without a name and without a coupon's minimum", async () => {
    const mail = render(await compileTemplate(source("offer.en"), "en"), {
      ...data,
      customer: { name: "", traits: {} },
      coupon: { code: "X", amountOff: "$20", expires: "2 June 2026" },
    });
    expect(mail.text).toContain("Hello there,");
    expect(mail.text).toContain("$20 off your next order. Valid until 2 June 2026, once.");
  });

  test("keeps its subject on one line, whatever a name contains", async () => {
    const mail = render(await compileTemplate(source("invite.en"), "en"), {
      ...data,
      customer: { name: "Ann\r\nBcc: all@example.com", traits: {} },
    });
    expect(mail.subject).toBe("Ann Bcc: all@example.com, we have missed you");
  });

  test("reads nothing from disk, and a loop without end is an error of this template alone", async () => {
    const around = (body: string) =>
      `<mjml><mj-head><mj-title>t</mj-title></mj-head><mj-body><mj-section><mj-column><mj-text>${body}</mj-text></mj-column></mj-section></mj-body></mjml>`;
    await expect(
      compileTemplate(around("{% include 'package.json' %}"), "en").then((t) => render(t, data)),
    ).rejects.toThrow();
    const endless = await compileTemplate(around("{% for a in (1..100000000) %}{{ a }}{% endfor %}"), "en");
    expect(() => render(endless, data)).toThrow(/limit/);
  });
});
