import { join } from "node:path";
import type { z } from "zod";
import { read } from "../../campaign/definition/faults.ts";
import { leadScoreDefinition } from "../../campaign/definition/library/lead-score.ts";
import { stagesDefinition } from "../../campaign/definition/library/stages.ts";
import { tiersDefinition } from "../../campaign/definition/library/tiers.ts";
import type { Library } from "../../campaign/library.ts";
import type { LeadPoint, Measure, Need, Scoring, Stage, Tiers } from "../../campaign/scoring.ts";
import { error, type Fault, nearest, pointer } from "../../fault.ts";
import { type Ast, variablesOf } from "../../rule/ast.ts";
import { parseRule } from "../../rule/parse.ts";
import { readJsonFile } from "../rules/folder.ts";

/** What the files' rules are read against. */
interface Reading {
  catalogue: Library["catalogue"];
  faults: Fault[];
}
type Place = (string | number)[];

/** Made by the very run that reads these files. */
const OWN = /^(tier|stage|lead_score)/;
const TRAIT = "customer.traits.";
const UNREADABLE: Ast = { op: "literal", type: "boolean", value: false };

/** rules/tiers.json, stages.json and lead-score.json; a file that is not there, or has faults, is left out. */
export async function readScoring(
  rulesDir: string,
  { catalogue }: Pick<Library, "catalogue">,
): Promise<{ scoring: Scoring; faults: Fault[] }> {
  const faults: Fault[] = [];
  const readFile = async <D, T>(name: string, schema: z.ZodType<D>, of: (definition: D, reading: Reading) => T) => {
    const file = await readJsonFile(join(rulesDir, name), faults);
    if (!file) return undefined;
    const { value, faults: own } = read(schema, file.json);
    const made = value && of(value, { catalogue, faults: own });
    faults.push(...own.map((fault) => ({ ...fault, file: file.file })));
    return own.some((fault) => fault.severity === "error") ? undefined : made;
  };
  const tiers = await readFile("tiers.json", tiersDefinition, tiersOf);
  const stages = await readFile("stages.json", stagesDefinition, stagesOf);
  const leadScore = await readFile("lead-score.json", leadScoreDefinition, leadScoreOf);
  return { scoring: { ...(tiers && { tiers }), ...(stages && { stages }), ...(leadScore && { leadScore }) }, faults };
}

function tiersOf(definition: z.infer<typeof tiersDefinition>, reading: Reading): Tiers {
  const { among, dimensions, tiers, override, need } = definition;
  const measuresOf = (name: keyof typeof dimensions): Measure[] =>
    dimensions[name].measures.map(({ of, weight, full }, i) => {
      const rule = ruleOf(of, ["dimensions", name, "measures", i, "of"], reading, "number");
      // amounts are written in major units and compared in minor ones
      const unit = rule.type === "money" ? 10 ** reading.catalogue.exponent : 1;
      return { of: rule, weight, ...(full !== undefined && { full: full * unit }) };
    });
  return {
    ...(among !== undefined && { among: ruleOf(among, ["among"], reading) }),
    dimensions: {
      value: { weight: dimensions.value.weight, measures: measuresOf("value") },
      depth: { weight: dimensions.depth.weight, measures: measuresOf("depth") },
      interaction: { weight: dimensions.interaction.weight, measures: measuresOf("interaction") },
      risk: { weight: 0, measures: measuresOf("risk") },
    },
    tiers: tiers.map(({ id, name, care, share, atLeast }) => ({
      id,
      name,
      ...(care && { care }),
      ...(share !== undefined && { share }),
      ...(atLeast !== undefined && { atLeast }),
    })),
    ...(override && { override }),
    need: need.map((each, i): Need => {
      if ("survey" in each) return { survey: each.survey === true ? undefined : each.survey };
      if ("note" in each) return each;
      return { trait: traitOf(each.trait, ["need", i, "trait"], reading) };
    }),
  };
}

function traitOf(trait: string, place: Place, reading: Reading): Ast {
  const name = `${TRAIT}${trait}`;
  if (reading.catalogue.variable(name)) return ruleOf({ var: name }, place, reading, "any");
  const known = reading.catalogue.names(name).filter((other) => other.startsWith(TRAIT));
  const message = { en: `there is no trait "${trait}"`, "zh-CN": `没有 "${trait}" 这个属性` };
  const hint = nearest(
    trait,
    known.map((other) => other.slice(TRAIT.length)),
  );
  reading.faults.push(error(pointer(...place), message, hint));
  return UNREADABLE;
}

function stagesOf({ stages }: z.infer<typeof stagesDefinition>, reading: Reading): Stage[] {
  return stages.map(({ id, name, when }, i) => ({
    id,
    name,
    ...(when !== undefined && { when: ruleOf(when, ["stages", i, "when"], reading) }),
  }));
}

function leadScoreOf({ points }: z.infer<typeof leadScoreDefinition>, reading: Reading): LeadPoint[] {
  return points.map(({ name, points: worth, when }, i) => ({
    name,
    points: worth,
    when: ruleOf(when, ["points", i, "when"], reading),
  }));
}

function ruleOf(json: unknown, place: Place, reading: Reading, expect: "boolean" | "number" | "any" = "boolean"): Ast {
  const at = pointer(...place);
  const { rule, faults } = parseRule(json, { pointer: at, catalogue: reading.catalogue, expect });
  reading.faults.push(...faults);
  for (const { name, source } of rule ? variablesOf(rule) : []) {
    if (source.from !== "score" || !OWN.test(source.column)) continue;
    reading.faults.push(
      error(
        at,
        { en: `"${name}" is worked out by this very file's run`, "zh-CN": `"${name}" 由本文件自身计算得出` },
        { en: "use what it is made of", "zh-CN": "请改用其组成变量" },
      ),
    );
  }
  return rule ?? UNREADABLE;
}
