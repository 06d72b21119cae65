import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { compileTemplate } from "../../src/template/compile.ts";
import { VARIABLES } from "../../src/template/data.ts";
import { lintTemplate } from "../../src/template/lint.ts";
import { render } from "../../src/template/render.ts";
import { usesOf } from "../../src/template/uses.ts";
import { sampleData } from "../../src/template/sample.ts";

const pages = [
  { file: "docs/templates.md", locale: "en", shop: "by the lake" },
  { file: "docs/templates.zh-CN.md", locale: "zh-CN", shop: "湖边的门店" },
] as const;

test.each(pages)("the mail of $file has no fault and reads as it says", async ({ file, locale, shop }) => {
  const page = await readFile(file, "utf8");
  const source = /^```xml\n([^]*?)^```$/m.exec(page)![1]!;
  expect(await lintTemplate(source, `new-teas.${locale}.mjml`)).toEqual([]);
  const template = await compileTemplate(source, locale);
  const data = sampleData("Tea", locale);
  const there = render(template, { ...data, customer: { name: "", traits: { city: "杭州" } } });
  expect(there.text).toContain(shop);
  expect(there.text).not.toContain("{");
  expect(render(template, { ...data, customer: { name: "Lin", traits: {} } }).html).not.toContain(shop);
});

test.each(pages)("$file names every variable there is", async ({ file }) => {
  const page = await readFile(file, "utf8");
  const shown = (name: string) => name.replace("**", "FIELD").replaceAll("*", "NAME");
  for (const name of VARIABLES) expect(page).toContain(`\`${shown(name)}\``);
});

test.each(pages)("$file goes through what the triggering event carried", async ({ file }) => {
  const page = await readFile(file, "utf8");
  const liquid = /^```liquid\n([^]*?)^```$/m.exec(page)![1]!;
  const mjml = `<mjml><mj-head><mj-title>t</mj-title></mj-head><mj-body><mj-section><mj-column><mj-text>${liquid}</mj-text></mj-column></mj-section></mj-body></mjml>`;
  const uses = usesOf(mjml).map((use) => use.name);
  expect(uses.sort()).toEqual(["params.discount", "run.day", "trigger.items"]);
  const data = { ...sampleData("Tea", "en"), params: { discount: 15 } };
  const { text } = render(await compileTemplate(mjml, "en"), data);
  expect(text).toContain("White gaiwan × 1");
  expect(text).toContain("15");
});
