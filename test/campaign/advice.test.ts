import { expect, test } from "vitest";
import { compileCampaign } from "../../src/campaign/compile/campaign.ts";
import type { Library } from "../../src/campaign/library.ts";
import { readLibrary } from "../../src/operate/rules/library.ts";
import { cases as journeyCases } from "./support/advice-cases.ts";
import { testLibrary } from "./support/library.ts";
import { planCases } from "./support/plan-advice-cases.ts";

const cases = [...journeyCases, ...planCases];

const plain = testLibrary();
const template = (name: string, ...uses: string[]): Library["templates"] => ({
  [name]: { ...plain.templates.invite!, uses: uses.map((use) => ({ name: use, locale: "en", line: 4 })) },
});
const library = testLibrary({
  policy: { ...plain.policy, quietHours: { from: 22 * 60, to: 8 * 60, onConflict: "defer" } },
  templates: {
    ...plain.templates,
    ...template("code", "coupon.code"),
    ...template("asks", "coupon", "coupon.code"),
    ...template("tap", "links.checkIn"),
    ...template("mute", "customer.name"),
  },
});

function advice(definition: unknown) {
  const { program, faults } = compileCampaign(definition, library, "test.json");
  expect(program?.campaign, JSON.stringify(faults)).toBe((definition as { id: string }).id);
  return faults;
}

test.each(cases)("%s is advised against", (_, wrong, line) => {
  const found = advice(wrong);
  expect(found).toMatchObject([{ severity: "warning" }]);
  const [{ pointer, message, hint }] = found as [(typeof found)[number]];
  expect(`${pointer}: ${message.en}`).toContain(line);
  expect(message["zh-CN"]).toMatch(/[\u4e00-\u9fff]/);
  if (hint) expect(hint["zh-CN"]).toMatch(/[\u4e00-\u9fff]/);
});

test.each(cases)("next to %s there is what is fine", (_, _wrong, _line, fine) => {
  expect(advice(fine)).toEqual([]);
});

test("nothing is advised against in what the home ships", async () => {
  const { library: home } = await readLibrary("rules");
  for (const { file, definition } of Object.values(home.campaigns)) {
    expect(compileCampaign(definition, home, file).faults).toEqual([]);
  }
});

test("what is wrong is mended before it is advised on", () => {
  const { faults } = compileCampaign(
    {
      id: "test",
      name: { en: "T", "zh-CN": "测" },
      audience: { segment: "dormant" },
      journey: [{ id: "b", branch: { if: true, then: [] } }],
    },
    library,
    "test.json",
  );
  expect(faults).toMatchObject([{ severity: "error" }]);
});
