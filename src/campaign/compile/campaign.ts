import { error, type Fault } from "../../fault.ts";
import { advise } from "../advice/advise.ts";
import { audience } from "../check/audience.ts";
import { data } from "../check/data.ts";
import { ids } from "../check/ids.ts";
import { lines } from "../check/lines.ts";
import { loops } from "../check/loops.ts";
import { plan } from "../check/plan.ts";
import { policy } from "../check/policy.ts";
import { shape } from "../check/shape.ts";
import { targets } from "../check/targets.ts";
import { threads } from "../check/threads.ts";
import { trigger } from "../check/trigger.ts";
import { weights } from "../check/weights.ts";
import { campaignDefinition } from "../definition/campaign.ts";
import { read } from "../definition/faults.ts";
import { record } from "../definition/journey.ts";
import { namesOf } from "../definition/names.ts";
import type { Library } from "../library.ts";
import type { Program, Rule } from "../program.ts";
import { assemble } from "./program.ts";
import { ruleReader } from "./rules.ts";
import { templateScope } from "./scope.ts";
import { warnings } from "./warnings.ts";

export interface Compiled {
  /** present when no fault is an error */
  program?: Program;
  /** every fault of the file at once; warnings too */
  faults: Fault[];
}

const CHECKS = [audience, ids, threads, loops, weights, plan, policy, targets, lines, data, trigger];

/**
 * A campaign's file to its program.
 * @param definition the parsed JSON, whatever it may be
 * @param file named in the faults
 */
export function compileCampaign(definition: unknown, library: Library, file: string): Compiled {
  const { program, faults } = compile(definition, library);
  return { faults: faults.map((fault) => ({ ...fault, file })), ...(program && { program }) };
}

function compile(definition: unknown, library: Library): Compiled {
  const root = record(definition);
  if (!root) return { faults: [error("", { en: "a campaign is a JSON object", "zh-CN": "活动须是一个 JSON 对象" })] };
  const deep = shape(root, library);
  // schemas recurse with the journey, so what is nested without end is refused before they see it
  if (deep.length > 0) return { faults: deep };
  const rules = new Map<unknown, Rule>();
  const names = namesOf(library, root, ruleReader(root, library, rules));
  const { value, faults } = read(campaignDefinition(names), root);
  faults.push(...CHECKS.flatMap((check) => check(root, library)));
  const program = value && faults.length === 0 ? assemble(value, library, templateScope(root, library)) : undefined;
  faults.push(...warnings(root, library));
  // what is not yet legible is mended first
  if (program) faults.push(...advise({ definition: root, program, library, rules }));
  return { faults, ...(program && { program }) };
}
