import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { compileCampaign } from "../../src/campaign/compile/campaign.ts";
import { read } from "../../src/campaign/definition/faults.ts";
import { couponDefinition } from "../../src/campaign/definition/library/coupon.ts";
import { eventDefinition } from "../../src/campaign/definition/library/event.ts";
import { giftDefinition } from "../../src/campaign/definition/library/gift.ts";
import { homeDefinition } from "../../src/campaign/definition/library/home.ts";
import { policyDefinition } from "../../src/campaign/definition/library/policy.ts";
import { teamsDefinition } from "../../src/campaign/definition/library/teams.ts";
import { webhookDefinition } from "../../src/campaign/definition/library/webhook.ts";
import type { Library } from "../../src/campaign/library.ts";
import type { Fault } from "../../src/fault.ts";
import { readLibrary } from "../../src/operate/rules/library.ts";

const PAGES = [
  { page: "docs/campaign-language.md", locale: "en" },
  { page: "docs/campaign-language.zh-CN.md", locale: "zh-CN" },
] as const;
const FILES: Record<string, (json: unknown) => { faults: Fault[] }> = {
  coupon: (json) => read(couponDefinition(2), json),
  gift: (json) => read(giftDefinition(2), json),
  policy: (json) => read(policyDefinition(), json),
  teams: (json) => read(teamsDefinition, json),
  home: (json) => read(homeDefinition, json),
  event: (json) => read(eventDefinition, json),
  webhook: (json) => read(webhookDefinition, json),
};
/** every kind that the language has, from its schema */
const STEPS: string[] = (
  JSON.parse(readFileSync("rules/schema/campaign.schema.json", "utf8")) as {
    definitions: { step: { anyOf: { properties: object }[] } };
  }
).definitions.step.anyOf.map(({ properties }) => Object.keys(properties).find((key) => key !== "id")!);

const TRIGGERS = ["manual", "schedule", "event", "segment", "date"];
const JOINING = TRIGGERS.slice(2);

interface Block {
  language: string;
  kind: string;
  text: string;
}

function blocksOf(page: string): Block[] {
  const source = readFileSync(page, "utf8");
  return [...source.matchAll(/^```(\w+) (\w+)\n([\s\S]*?)^```$/gm)].map(([, language, kind, text]) => ({
    language: language!,
    kind: kind!,
    text: text!,
  }));
}

let library: Library;
beforeAll(async () => {
  ({ library } = await readLibrary("rules"));
});

const base = {
  id: "example",
  name: { en: "Example", "zh-CN": "示例" },
  audience: { segment: "dormant" },
  phases: [
    { id: "warm-up", days: 15 },
    { id: "execution", days: 61 },
  ],
  budget: { currency: "CNY", lines: [{ id: "gifts", items: [{ what: "Mug", qty: 50, unitPrice: 19.9 }] }] },
  journey: [{ id: "hello", send: { channel: "email", template: "invite" } }],
};

function faultsOf({ kind, text }: Block): Fault[] {
  const json = JSON.parse(text) as Record<string, unknown>;
  if (kind in FILES) return FILES[kind]!(json).faults;
  // where customers join one by one there is no launch that phases could be counted from
  const joining = Object.keys((json.trigger as object | undefined) ?? {}).some((key) => JOINING.includes(key));
  const part = { ...base, ...(joining && { phases: [] }), ...json };
  const step = { ...base, journey: [...base.journey.filter(({ id }) => id !== json.id), json] };
  const whole = kind === "part" ? part : kind === "step" ? step : json;
  return compileCampaign(whole, library, "example.json").faults;
}

describe.each(PAGES)("$page", ({ page, locale }) => {
  const blocks = blocksOf(page);
  const examples = blocks.filter((block) => block.language === "json" && block.kind !== "wrong");

  test("every JSON block says what it is", () => {
    const fences = readFileSync(page, "utf8").match(/^```json.*$/gm)!;
    expect(fences).toHaveLength(examples.length + blocks.filter((block) => block.kind === "wrong").length);
  });

  test.each(examples.map((block, index) => [`${index + 1}, a ${block.kind}`, block] as const))(
    "example %s is valid",
    (_, block) => {
      // a step shown by itself may do what a whole campaign would be advised against
      const told = faultsOf(block).filter(({ severity }) => block.kind === "campaign" || severity === "error");
      expect(told).toEqual([]);
    },
  );

  test("every trigger has an example", () => {
    const triggers = examples.flatMap(({ text }) =>
      Object.keys((JSON.parse(text) as { trigger?: object }).trigger ?? {}),
    );
    expect(new Set(["manual", ...triggers])).toEqual(new Set(TRIGGERS));
  });

  test("every step kind has an example", () => {
    const steps = examples
      .filter((block) => block.kind === "step")
      .map((block) => Object.keys(JSON.parse(block.text) as object)[1]);
    expect(new Set(steps)).toEqual(new Set(STEPS));
  });

  test("the unwise one is told what the page shows", () => {
    const shown = blocks.find((block) => block.kind === "advice")!.text;
    const found = faultsOf(blocks.find((block) => block.kind === "unwise")!).map(
      (fault) => `${fault.pointer}: ${fault.message[locale]}${fault.hint ? ` (${fault.hint[locale]})` : ""}\n`,
    );
    expect(found.join("")).toBe(shown);
  });

  test("the wrong one has the faults that the page shows", () => {
    const shown = blocks.find((block) => block.kind === "faults")!.text;
    const found = faultsOf(blocks.find((block) => block.kind === "wrong")!).map(
      (fault) => `${fault.pointer}: ${fault.message[locale]}${fault.hint ? ` (${fault.hint[locale]})` : ""}\n`,
    );
    expect(found.join("")).toBe(shown);
  });
});

test("both languages show the same examples", () => {
  const [english, chinese] = PAGES.map(({ page }) => blocksOf(page).map((block) => block.kind));
  expect(chinese).toEqual(english);
});
