import { mkdtemp, mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { InputError } from "../../../src/fault.ts";
import { previewTemplate } from "../../../src/operate/campaign/preview.ts";

test("shows a template filled with sample data, or with a customer's", async () => {
  const sample = await previewTemplate("rules", "offer", "zh-CN");
  expect(sample.text).toContain("李静，您好！");
  expect(sample.text).toContain("WB-7K3M-Q2XD");
  const own = await previewTemplate("rules", "offer", "en", { name: "Bo & Co", traits: {} });
  expect(own.text).toContain("Hello Bo & Co,");
  expect(own.html).toContain("Hello Bo &amp; Co,");
});

test("names the nearest template, and every fault of a wrong one", async () => {
  await expect(previewTemplate("rules", "offr", "en")).rejects.toMatchObject({
    faults: [{ message: { en: 'no template "offr" in en' }, hint: { en: 'did you mean "offer"?' } }],
  });
  const rules = await mkdtemp(join(tmpdir(), "rules "));
  await mkdir(join(rules, "templates"));
  await writeFile(
    join(rules, "templates", "x.en.mjml"),
    "<mjml><mj-head></mj-head><mj-body></mj-body>{{ nobody }}</mjml>",
  );
  const failure = await previewTemplate(rules, "x", "en").catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(InputError);
  expect((failure as InputError).faults.map(({ message }) => message.en)).toEqual(
    expect.arrayContaining(["<mj-title> is missing", 'unknown variable "nobody"']),
  );
});

test("the coupon is the one that a campaign sends the mail with, in the home's money", async () => {
  const mail = await previewTemplate("test/outsider", "encore-offer", "en");
  expect(mail.subject).toBe("$5 off your next disc");
  expect(mail.text).toContain("Your code is ENCORE-7K3M-Q2XD: $5 off from $25");
});

test("parameters are those of the first campaign that names the mail, ready to read", async () => {
  const rules = await mkdtemp(join(tmpdir(), "rules "));
  for (const folder of ["templates", "campaigns"]) await mkdir(join(rules, folder));
  const body = "{{ params.discount }} % from {{ params.least }} until {{ params.last }}";
  await writeFile(
    join(rules, "templates", "x.en.mjml"),
    `<mjml><mj-head><mj-title>t</mj-title><mj-preview>p</mj-preview></mj-head><mj-body><mj-section><mj-column><mj-text>${body}</mj-text></mj-column></mj-section></mj-body></mjml>`,
  );
  const params = {
    discount: { type: "number", default: 15 },
    least: { type: "money", default: 59.9 },
    last: { type: "date", default: "2026-06-08" },
  };
  const journey = [{ id: "a", branch: { if: true, then: [{ id: "b", send: { channel: "email", template: "x" } }] } }];
  await writeFile(join(rules, "campaigns", "c.json"), JSON.stringify({ params, journey }));
  await writeFile(join(rules, "home.json"), await readFile("rules/home.json", "utf8"));
  expect((await previewTemplate(rules, "x", "en")).text).toContain("15 % from ¥59.90 until 8 June 2026");
});
