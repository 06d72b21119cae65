import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { compileCampaign } from "../../src/campaign/compile/campaign.ts";
import type { Library } from "../../src/campaign/library.ts";
import type { Text } from "../../src/campaign/program.ts";
import { readLibrary } from "../../src/operate/rules/library.ts";
import { WAYS } from "./support/library-ways.ts";
import { played } from "./support/play-library.ts";

/** What the home ships: each campaign as a marketer finds it in rules/campaigns. */
const CAMPAIGNS = readdirSync("rules/campaigns").map((file) => file.replace(".json", ""));
const HAN = /[\u4e00-\u9fff]/;

let library: Library;
beforeAll(async () => {
  ({ library } = await readLibrary("rules"));
});

function definitionOf(id: string): Record<string, unknown> {
  return library.campaigns[id]!.definition as Record<string, unknown>;
}

test.each(WAYS)("%s: who %s", (id, _, way, trace) => {
  const { program } = compileCampaign(definitionOf(id), library, id);
  expect(played(program!, way)).toEqual(trace);
});

describe.each(CAMPAIGNS)("%s", (id) => {
  test("says in both languages what it is called and what it is for", () => {
    const { name, why } = definitionOf(id) as { name: Text; why: Text };
    for (const text of [name, why]) {
      expect(text.en).not.toMatch(HAN);
      expect(text["zh-CN"]).toMatch(HAN);
    }
  });

  test("is played here by who does nothing, or by several", () => {
    expect(WAYS.filter(([played]) => played === id).length).toBeGreaterThanOrEqual(id.endsWith("-lunar") ? 1 : 2);
  });
});

test("mails are written in the language that they claim", () => {
  for (const file of readdirSync("rules/templates")) {
    const source = readFileSync(`rules/templates/${file}`, "utf8");
    // a test of the reader's city may name it
    const shown = source.replaceAll(/\{[{%].*?[}%]\}/gs, "");
    if (file.endsWith(".en.mjml")) expect(shown, file).not.toMatch(HAN);
    else expect(shown, file).toMatch(HAN);
  }
});

test("no template, coupon or gift lies about unused", () => {
  const campaigns = JSON.stringify(Object.values(library.campaigns).map(({ definition }) => definition));
  const said = campaigns + readFileSync("docs/campaign-language.md", "utf8");
  for (const name of [
    ...Object.keys(library.templates),
    ...Object.keys(library.coupons),
    ...Object.keys(library.gifts),
  ])
    expect(said, name).toContain(`"${name}"`);
});
