import type { CouponPool, Gift } from "../../../src/campaign/program.ts";
import type { Library } from "../../../src/campaign/library.ts";
import { buildCatalogue } from "../../../src/rule/catalogue.ts";
import { parseRule } from "../../../src/rule/parse.ts";

const RULE = { ">=": [{ var: "orders.sum_365d" }, 100] };
const name = { en: "Name", "zh-CN": "名称" };

/** A small library: segment `dormant`, templates, a pool, gifts with and without a budget line, two teams. */
export function testLibrary(changes: Partial<Library> = {}): Library {
  const catalogue = buildCatalogue({ traits: {}, segments: { dormant: RULE } });
  const { rule } = parseRule(RULE, { pointer: "", catalogue });
  const mug: Gift = { id: "mug", name, unitCost: 2000, stock: 50, line: "gifts" };
  const sticker: Gift = { id: "sticker", name, unitCost: 100, stock: 500 };
  const pool: CouponPool = {
    id: "fifth-off",
    name,
    percentOff: 20,
    minimum: 10_000,
    validFor: { days: 14, minutes: 0 },
    prefix: "WB",
    limit: 100,
  };
  return {
    home: { timezone: "Asia/Shanghai", currency: "CNY", locale: "zh-CN", brand: name },
    policy: { caps: [{ max: 4, days: 1 }], problemFirst: true },
    topics: ["tea"],
    teams: { sales: { name }, service: { name } },
    catalogue,
    events: { "quiz.done": { "event.score": "number" } },
    segments: { dormant: { file: "rules/segments/dormant.json", definition: {}, rule: rule! } },
    lists: { vip: { file: "rules/lists/vip.csv", customers: ["C001", "C002"] } },
    templates: Object.fromEntries(["invite", "day", "day-reminder", "offer", "survey"].map((id) => [id, template(id)])),
    scripts: { "call-script": { en: "Hello", "zh-CN": "您好" } },
    coupons: { "fifth-off": pool },
    gifts: { mug, sticker },
    webhooks: { crm: { id: "crm", url: "https://crm.example/hook", secret: "CRM_SECRET", timeoutSeconds: 10 } },
    campaigns: {},
    broken: { templates: [], segments: [], lists: [], coupons: [], gifts: [], webhooks: [] },
    ...changes,
  };
}

function template(id: string): Library["templates"][string] {
  return { hash: `hash-of-${id}`, document: { name: id, locales: { en: { mjml: id }, "zh-CN": { mjml: id } } } };
}

/** The least that is a campaign, around the given journey. */
export function campaign(journey: unknown, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { id: "test", name: { en: "Test", "zh-CN": "测试" }, audience: { segment: "dormant" }, journey, ...more };
}
