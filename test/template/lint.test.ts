import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { lintTemplate } from "../../src/template/lint.ts";

const folder = new URL("../../rules/templates/", import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith(".mjml"));

function mail(body: string, head = "<mj-title>Hello</mj-title><mj-preview>p</mj-preview>"): string {
  return `<mjml><mj-head>${head}</mj-head><mj-body><mj-section><mj-column>\n${body}\n</mj-column></mj-section></mj-body></mjml>`;
}

async function faults(source: string) {
  return (await lintTemplate(source, "x.en.mjml")).map(({ pointer, message, hint }) => [pointer, message.en, hint?.en]);
}

test.each(files)("%s is without fault", async (file) => {
  expect(await lintTemplate(readFileSync(new URL(file, folder), "utf8"), file)).toEqual([]);
});

test("each of our templates exists in both languages", () => {
  const names = files.map((file) => file.replace(/\.(en|zh-CN)\.mjml$/, ""));
  for (const name of names) expect(files).toEqual(expect.arrayContaining([`${name}.en.mjml`, `${name}.zh-CN.mjml`]));
  expect(names.length).toBeGreaterThan(0);
});

describe("finds", () => {
  test("unknown variables, with the nearest known one", async () => {
    expect(await faults(mail("<mj-text>{{ custmer.name }} {{ coupon.kode }}</mj-text>"))).toEqual([
      ["line 2", 'unknown variable "custmer.name"', 'did you mean "customer.name"?'],
      ["line 2", 'unknown variable "coupon.kode"', 'did you mean "coupon.code"?'],
    ]);
  });

  test("nothing wrong with traits, loop variables and asking whether there is a coupon", async () => {
    const body =
      "<mj-text>{% if coupon %}{{ customer.traits.city }}{% endif %}{% for n in (1..3) %}{{ n }}{% endfor %}</mj-text>";
    expect(await faults(mail(body))).toEqual([]);
  });

  test("Liquid that is not closed, by line", async () => {
    expect(await faults(mail("\n<mj-text>{% if coupon %}</mj-text>"))).toEqual([
      ["line 3", "Liquid: tag {% if coupon %} not closed", undefined],
    ]);
  });

  test("Liquid between components, which MJML would drop", async () => {
    expect(await faults(mail("{% if coupon %}\n<mj-text>x</mj-text>\n{% endif %}"))).toEqual([
      [
        "line 2",
        "{% if coupon %} stands between components and would be lost",
        "write <mj-raw>{% if coupon %}</mj-raw>",
      ],
      ["line 4", "{% endif %} stands between components and would be lost", "write <mj-raw>{% endif %}</mj-raw>"],
    ]);
  });

  test("what MJML does not know, and a missing subject, together", async () => {
    const found = await faults(mail('<mj-text colour="red">x</mj-text>', "<mj-preview>p</mj-preview>"));
    expect(found).toEqual([
      ["line 1", "<mj-title> is missing", "it is the mail's subject"],
      ["line 2", expect.stringContaining("colour is illegal"), undefined],
    ]);
  });

  test("files that would be read from elsewhere", async () => {
    expect(await faults(mail('<mj-include path="/etc/passwd" />'))).toContainEqual([
      "line 2",
      "<mj-include> is not allowed: a template is one file",
      undefined,
    ]);
  });
});
