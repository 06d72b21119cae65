import type { Ast } from "../../rule/ast.ts";
import type { CampaignDefinition } from "../definition/campaign.ts";
import type { Library } from "../library.ts";
import type { Audience, Rule } from "../program.ts";

type Definition = CampaignDefinition["audience"];

/** Who takes part, with segments and lists resolved: a run goes by what they said when the campaign was applied. */
export function audienceOf(audience: Definition, library: Library): Audience {
  const { segment, list, limit, orderBy, reentry, exclusive, exitWhen, entryCap, concurrent, maxDataAge } = audience;
  const exclude = audience.exclude.map((one) =>
    "segment" in one ? segmentRule(one.segment, library) : listRule(one.list, library),
  );
  const lists = [list, ...audience.exclude.map((one) => ("list" in one ? one.list : undefined))].filter(
    (name) => name !== undefined,
  );
  return {
    ...(segment !== undefined && { segment }),
    ...(list !== undefined && { list }),
    ...(lists.length > 0 && { lists: [...new Set(lists)].sort() }),
    rule: memberRule(audience, library),
    ...(exclude.length > 0 && { exclude: exclude.length === 1 ? exclude[0]! : any(exclude) }),
    holdout: audience.holdout,
    ...(limit !== undefined && { limit }),
    ...(orderBy && { orderBy: { rule: orderBy[0], direction: orderBy[1] } }),
    ...(reentry && { reentry }),
    ...(exclusive && { exclusive }),
    ...(exitWhen !== undefined && { exitWhen }),
    ...(entryCap && { entryCap }),
    ...(concurrent !== undefined && { concurrent }),
    ...(maxDataAge && { maxDataAge }),
  };
}

function memberRule({ segment, list }: Definition, library: Library): Rule {
  const rules = [
    ...(list === undefined ? [] : [listRule(list, library)]),
    ...(segment === undefined ? [] : [segmentRule(segment, library)]),
  ];
  if (rules.length === 0) return { op: "literal", type: "boolean", value: true };
  return rules.length === 1 ? rules[0]! : { op: "and", type: "boolean", args: rules };
}

function segmentRule(id: string, library: Library): Rule {
  return library.segments[id]!.rule;
}

function listRule(name: string, library: Library): Rule {
  const customer: Ast = {
    op: "var",
    name: "customer.customer_id",
    type: "string",
    source: { from: "customer", column: "customer_id" },
  };
  return {
    op: "in",
    type: "boolean",
    args: [customer, { op: "literal", type: "strings", value: library.lists[name]!.customers }],
  };
}

function any(args: Rule[]): Rule {
  return { op: "or", type: "boolean", args };
}
