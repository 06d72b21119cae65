import { join } from "node:path";
import type { z } from "zod";
import { read } from "../../campaign/definition/faults.ts";
import { couponDefinition } from "../../campaign/definition/library/coupon.ts";
import { giftDefinition } from "../../campaign/definition/library/gift.ts";
import { homeDefinition } from "../../campaign/definition/library/home.ts";
import { policyDefinition, policyOf } from "../../campaign/definition/library/policy.ts";
import { teamsDefinition } from "../../campaign/definition/library/teams.ts";
import { webhookDefinition } from "../../campaign/definition/library/webhook.ts";
import { digitsOf } from "../../campaign/currency.ts";
import { eventScope } from "../../campaign/events.ts";
import type { Library, Segment } from "../../campaign/library.ts";
import { error, type Fault } from "../../fault.ts";
import { buildCatalogue, type Catalogue } from "../../rule/catalogue.ts";
import { segmentDefinition, traitsDefinition } from "../../rule/definition.ts";
import { parseRule } from "../../rule/parse.ts";
import { eventTypesOf } from "./event-types.ts";
import { readLists } from "./lists.ts";
import { readLocalised, readTemplates } from "./templates.ts";
import { byName, type JsonFile, noRules, readJsonFile, readJsonFolder } from "./folder.ts";

/**
 * Reads rules/ whole. What has faults is left out of the library and named in `library.broken`; campaigns are read but
 * not compiled.
 * @throws InputError when there is no home.json
 */
export async function readLibrary(rulesDir: string): Promise<{ library: Library; faults: Fault[] }> {
  const faults: Fault[] = [];
  const home = await readOne(join(rulesDir, "home.json"), homeDefinition, faults);
  if (!home && faults.length === 0) throw noRules(rulesDir);
  const { timezone = "UTC", currency = "USD", locale = "en", brand = { en: "", "zh-CN": "" } } = home ?? {};
  const digits = digitsOf(currency);
  const { policy, topics } = policyOf(
    (await readOne(join(rulesDir, "policy.json"), policyDefinition(digits), faults)) ??
      policyDefinition(digits).parse({}),
  );
  const teams = await readOne(join(rulesDir, "teams.json"), teamsDefinition, faults);
  const traits = await readOne(join(rulesDir, "traits.json"), traitsDefinition, faults);
  const { fields: events } = eventTypesOf(await readJsonFolder(join(rulesDir, "events"), faults), faults);
  const segmentFiles = await readJsonFolder(join(rulesDir, "segments"), faults);
  const campaigns = await readJsonFolder(join(rulesDir, "campaigns"), faults);
  const catalogue = buildCatalogue({
    traits: traits ?? {},
    segments: byName(segmentFiles.map(({ name, json }) => [name, (json as { rule?: unknown } | null)?.rule])),
    events: Object.keys(events),
    campaigns: campaigns.map(({ name }) => name),
    fields: (event) => eventScope(event, events),
    exponent: digits,
  });
  const segments = sound(segmentFiles, faults, (file, own) => segmentOf(file, catalogue, own));
  const lists = await readLists(join(rulesDir, "lists"), faults);
  const coupons = await readEach(join(rulesDir, "coupons"), couponDefinition(digits), faults);
  const gifts = await readEach(join(rulesDir, "gifts"), giftDefinition(digits), faults);
  const webhooks = await readEach(join(rulesDir, "webhooks"), webhookDefinition, faults);
  const { templates, broken } = await readTemplates(join(rulesDir, "templates"), faults);
  const library: Library = {
    home: {
      ...{ timezone, currency, locale, brand },
      ...(home?.shop !== undefined && { shop: home.shop }),
      ...(home?.approval && { approval: home.approval }),
    },
    policy,
    topics: Object.keys(topics),
    teams: teams?.teams ?? {},
    catalogue,
    events,
    segments: segments.values,
    lists: lists.values,
    templates,
    scripts: await readLocalised(join(rulesDir, "scripts"), ".md", faults),
    coupons: coupons.values,
    gifts: gifts.values,
    webhooks: webhooks.values,
    campaigns: byName(campaigns.map(({ name, file, json }) => [name, { file, definition: json }])),
    broken: {
      templates: broken,
      segments: segments.broken,
      lists: lists.broken,
      coupons: coupons.broken,
      gifts: gifts.broken,
      webhooks: webhooks.broken,
    },
  };
  return { library, faults };
}

function segmentOf(file: JsonFile, catalogue: Catalogue, faults: Fault[]): Segment | undefined {
  const definition = read(segmentDefinition, file.json);
  faults.push(...definition.faults);
  const json = (file.json as { rule?: unknown } | null)?.rule;
  if (json === undefined) return undefined;
  const { rule, faults: wrong } = parseRule(json, { pointer: "/rule", catalogue, segment: file.name });
  faults.push(...wrong);
  return rule && { file: file.file, definition: file.json, rule };
}

async function readOne<T>(path: string, schema: z.ZodType<T>, faults: Fault[]): Promise<T | undefined> {
  const file = await readJsonFile(path, faults);
  if (!file) return undefined;
  const { value, faults: own } = read(schema, file.json);
  faults.push(...own.map((fault) => ({ ...fault, file: file.file })));
  return value;
}

async function readEach<T>(folder: string, schema: z.ZodType<T & { $schema?: string }>, faults: Fault[]) {
  return sound(await readJsonFolder(folder, faults), faults, (file, own): T | undefined => {
    const { value, faults: wrong } = read(schema, file.json);
    own.push(...wrong);
    if (!value) return undefined;
    const { $schema: _, ...rest } = value;
    return rest as T;
  });
}

interface Sound<T> {
  values: Record<string, T>;
  /** names of files that are there but cannot be used */
  broken: string[];
}

/** Reads files of one kind; a file is called what its `id` says. */
function sound<T>(
  files: JsonFile[],
  faults: Fault[],
  readFile: (file: JsonFile, faults: Fault[]) => T | undefined,
): Sound<T> {
  const values: [string, T][] = [];
  const broken: string[] = [];
  for (const file of files) {
    const own: Fault[] = [];
    const value = readFile(file, own);
    const id = (file.json as { id?: unknown } | null)?.id;
    if (typeof id === "string" && id !== file.name) own.push(misnamed(id, file.name));
    faults.push(...own.map((fault) => ({ ...fault, file: file.file })));
    if (value === undefined || own.some((fault) => fault.severity === "error")) broken.push(file.name);
    else values.push([file.name, value]);
  }
  return { values: byName(values), broken };
}

export function misnamed(id: string, name: string): Fault {
  return error(
    "/id",
    { en: `"${id}" is not what the file is called`, "zh-CN": `"${id}" 与文件名不一致` },
    { en: `write "${name}", or call the file ${id}.json`, "zh-CN": `请写成 "${name}"，或将文件改名为 ${id}.json` },
  );
}
