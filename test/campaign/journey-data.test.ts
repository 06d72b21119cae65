import { describe, expect, test } from "vitest";
import { compileCampaign } from "../../src/campaign/compile/campaign.ts";
import { paramValues } from "../../src/campaign/params.ts";
import type { Library } from "../../src/campaign/library.ts";
import type { SendStep, SetStep } from "../../src/campaign/program.ts";
import type { InputError } from "../../src/fault.ts";
import { buildCatalogue } from "../../src/rule/catalogue.ts";
import { campaign, testLibrary } from "./support/library.ts";

const text = { en: "n", "zh-CN": "n" };
const traits = { city: { type: "string", label: text }, limit: { type: "money", label: text } } as const;
const bare = testLibrary();
const use = (name: string, line = 9) => ({ name, locale: "en" as const, line });

function library(uses: ReturnType<typeof use>[] = []): Library {
  const { dormant } = bare.segments;
  return testLibrary({
    catalogue: buildCatalogue({ traits, segments: { dormant: { ">": [{ var: "orders.sum_365d" }, 1] } } }),
    segments: { dormant: dormant! },
    templates: { ...bare.templates, invite: { ...bare.templates.invite!, uses } },
  });
}

const send = { id: "hello", send: { channel: "email", template: "invite" } };
const ask = (rule: unknown) => ({ id: "ask", branch: { if: rule, then: [{ ...send, id: "inner" }] } });

function compiled(journey: unknown[], more: Record<string, unknown> = {}, uses: ReturnType<typeof use>[] = []) {
  const { program, faults } = compileCampaign(campaign(journey, more), library(uses), "x.json");
  const lines = faults.map(({ pointer, message, hint }) => `${pointer} ${message.en}${hint ? ` (${hint.en})` : ""}`);
  return { program, lines };
}

describe("params", () => {
  const params = { discount: { type: "number", default: 10 }, least: { type: "money", default: 19.9 } };

  test("are typed in rules, and amounts are held in minor units", () => {
    const { program, lines } = compiled([ask({ ">=": [{ var: "orders.sum_365d" }, { var: "params.least" }] })], {
      params,
    });
    expect(lines).toEqual([]);
    expect(program!.params).toEqual({
      discount: { type: "number", default: 10 },
      least: { type: "money", default: 1990 },
    });
  });

  test.each([
    [
      ask({ "==": [{ var: "params.discount" }, "ten"] }),
      params,
      "/journey/0/branch/if/==/1 expected a number as beside it, found a text (both sides must be of one type; see: rekindle rules vars)",
    ],
    [
      ask({ ">": [{ var: "params.discuont" }, 1] }),
      params,
      '/journey/0/branch/if/>/0/var unknown variable "params.discuont" (did you mean "params.discount"?)',
    ],
    [
      send,
      { day: { type: "date", default: "2026-02-30" } },
      '/params/day/default "2026-02-30" is no date (write it as "2026-04-01")',
    ],
    [send, { least: { type: "money", default: 0.001 } }, "/params/least/default 0.001 is no money"],
    [
      send,
      { "Big-One": { type: "number", default: 1 } },
      '/params/Big-One "Big-One" is no name: letters, digits and _, a small letter first, at most 48',
    ],
  ])("%j is refused", (step, declared, line) => {
    expect(compiled([step], { params: declared }).lines).toEqual([line]);
  });

  const declared = {
    discount: { type: "number", default: 10 },
    least: { type: "money", default: 1990 },
    vip: { type: "boolean", default: false },
  } as const;
  test("a launch sets them in words; what it does not set stays", () => {
    expect(paramValues(declared, { discount: "15", least: "100.5", vip: "true" }, 2)).toEqual({
      discount: 15,
      least: 10_050,
      vip: true,
    });
    expect(paramValues(declared, {}, 2)).toEqual({ discount: 10, least: 1990, vip: false });
  });

  test.each([
    ["discuont", "15", 'unknown parameter "discuont"', 'did you mean "discount"?'],
    ["discount", "much", '"much" is not a number', undefined],
    ["discount", "", '"" is not a number', undefined],
    ["least", "1.234", '"1.234" is not an amount such as 19.9', undefined],
    ["vip", "yes", '"yes" is not true or false', undefined],
  ])("%s=%s is refused", (name, value, message, hint) => {
    try {
      paramValues(declared, { [name]: value }, 2);
      expect.unreachable();
    } catch (failure) {
      const [fault] = (failure as InputError).faults;
      expect([fault!.message.en, fault!.hint?.en]).toEqual([message, hint]);
    }
  });
});

describe("set", () => {
  const set = (body: object) => ({ id: "note", set: body });

  test("its values have the types of their rules, in later rules and in the program", () => {
    const { program, lines } = compiled([
      set({ values: { spent: { var: "orders.sum_365d" }, half: { "/": [{ var: "orders.count" }, 2] } } }),
      { id: "more", set: { values: { twice: { "*": [{ var: "steps.note.spent" }, 2] } } } },
      ask({ ">": [{ var: "steps.more.twice" }, 100] }),
    ]);
    expect(lines).toEqual([]);
    expect((program!.steps.more as SetStep).values.twice).toMatchObject({ type: "money" });
    expect(program!.steps.ask).toMatchObject({ cases: [{ args: [{}, { type: "money", value: 10_000 }] }] });
  });

  test.each([
    [set({}), "/journey/0/set sets nothing"],
    [set({ traits: { city: 5 } }), "/journey/0/set/traits/city expected a text, found a number"],
    [set({ traits: { ctiy: "x" } }), '/journey/0/set/traits/ctiy unknown key "ctiy" (did you mean "city"?)'],
    [
      set({ values: { a: { var: "steps.note.b" } } }),
      '/journey/0/set/values/a/var unknown variable "steps.note.b" (did you mean "steps.note.a"?)',
    ],
  ])("%j is refused with its place", (step, line) => {
    const { lines } = compiled([step]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(line);
  });

  test("amounts written to a trait of money are held in minor units until then", () => {
    const { program } = compiled([set({ traits: { limit: 99.5 } })]);
    expect((program!.steps.note as SetStep).traits.limit).toMatchObject({ type: "money", value: 9950 });
  });
});

describe("what templates say", () => {
  const uses = [
    use("params.discount"),
    use("steps.note.spent"),
    use("run.day"),
    use("trigger.items"),
    use("trigger.amount"),
  ];
  const whole = {
    params: { discount: { type: "number", default: 10 } },
    trigger: { event: { type: "cart.updated" } },
  };
  const note = { id: "note", set: { values: { spent: { var: "orders.sum_365d" } } } };

  test("is noted with its types, to be joined when the mail is rendered", async () => {
    const { program, lines } = compiled([note, send], whole, uses);
    expect(lines).toEqual([]);
    expect((program!.steps.hello as SendStep).uses).toEqual({
      "params.discount": "number",
      "steps.note.spent": "money",
      "run.day": "number",
      "trigger.items": "any",
      "trigger.amount": "money",
    });
  });

  test.each([
    [
      use("params.discuont"),
      'says params.discuont (invite.en.mjml line 9), which is not there in this campaign (did you mean "params.discount"?)',
    ],
    [use("steps.note.spend"), 'did you mean "steps.note.spent"?'],
    [use("run.date"), 'did you mean "run.day"?'],
    [use("trigger.items"), "only a campaign with an event, segment or date trigger has it"],
  ])("is refused where the campaign does not have it: %j", (each, line) => {
    const { lines } = compiled([note, send], { params: whole.params }, [each]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\/journey\/1\/send\/template template "invite" says /);
    expect(lines[0]).toContain(line);
  });

  test("a template that is used twice is told at each place, each name once", () => {
    const twice = [use("run.date", 3), use("run.date", 7)];
    expect(compiled([send, { ...send, id: "again" }], {}, twice).lines).toHaveLength(2);
  });
});
