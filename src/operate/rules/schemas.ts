import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ruleReader } from "../../campaign/compile/rules.ts";
import { campaignDefinition } from "../../campaign/definition/campaign.ts";
import { couponDefinition } from "../../campaign/definition/library/coupon.ts";
import { eventDefinition } from "../../campaign/definition/library/event.ts";
import { giftDefinition } from "../../campaign/definition/library/gift.ts";
import { homeDefinition } from "../../campaign/definition/library/home.ts";
import { leadScoreDefinition } from "../../campaign/definition/library/lead-score.ts";
import { policyDefinition } from "../../campaign/definition/library/policy.ts";
import { stagesDefinition } from "../../campaign/definition/library/stages.ts";
import { teamsDefinition } from "../../campaign/definition/library/teams.ts";
import { tiersDefinition } from "../../campaign/definition/library/tiers.ts";
import { webhookDefinition } from "../../campaign/definition/library/webhook.ts";
import { namesOf } from "../../campaign/definition/names.ts";
import type { Library } from "../../campaign/library.ts";
import { buildCatalogue } from "../../rule/catalogue.ts";
import { segmentDefinition } from "../../rule/definition.ts";

const DIGITS = 2;

/** JSON Schemas by file name, made from the very definitions that read the files. */
export function schemas(): Record<string, string> {
  const names = namesOf(nothing(), {}, ruleReader({}, nothing()));
  const definitions = {
    campaign: campaignDefinition(names),
    segment: segmentDefinition.meta({ title: "Rekindle segment" }),
    coupon: couponDefinition(DIGITS),
    gift: giftDefinition(DIGITS),
    webhook: webhookDefinition,
    policy: policyDefinition(DIGITS),
    home: homeDefinition,
    teams: teamsDefinition,
    event: eventDefinition,
    tiers: tiersDefinition,
    stages: stagesDefinition,
    "lead-score": leadScoreDefinition,
  };
  return Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => [`${name}.schema.json`, text(definition)]),
  );
}

function text(definition: z.ZodType): string {
  // editors read draft 7 everywhere; newer drafts only here and there
  const schema = z.toJSONSchema(definition, { io: "input", target: "draft-7" });
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

/** Writes those that differ from what is there; @returns their names */
export async function writeSchemas(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const written: string[] = [];
  for (const [name, content] of Object.entries(schemas())) {
    const path = join(folder, name);
    if ((await readFile(path, "utf8").catch(() => "")) === content) continue;
    await writeFile(path, content);
    written.push(name);
  }
  return written;
}

/** A schema describes the language, not one home's names. */
function nothing(): Library {
  return {
    home: { timezone: "UTC", currency: "USD", locale: "en", brand: { en: "-", "zh-CN": "-" } },
    policy: { caps: [], problemFirst: true },
    topics: [],
    teams: {},
    catalogue: buildCatalogue({ traits: {}, segments: {} }),
    events: {},
    segments: {},
    lists: {},
    templates: {},
    scripts: {},
    coupons: {},
    gifts: {},
    webhooks: {},
    campaigns: {},
    broken: { templates: [], segments: [], lists: [], coupons: [], gifts: [], webhooks: [] },
  };
}
