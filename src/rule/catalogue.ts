import { complaints } from "./variables/complaints.ts";
import { campaignFamily } from "./variables/campaigns.ts";
import { consents, customerColumns } from "./variables/customer.ts";
import type { Declared, Described, Family } from "./variables/described.ts";
import { BUILT_IN_EVENTS, events } from "./variables/events.ts";
import { messages } from "./variables/messages.ts";
import { orders } from "./variables/orders.ts";
import { todayFamily } from "./variables/today.ts";
import { type Scope, scopeFamily } from "./variables/scope.ts";
import { scores } from "./variables/scores.ts";
import { type Traits, traitFamily } from "./variables/traits.ts";

/** What rules may talk about. */
export interface Catalogue {
  variable(name: string): Declared | undefined;
  /** names to look for the nearest of; windows are those of the wrong name */
  names(wrong: string): string[];
  described: Described[];
  /** rule of each segment, as JSON */
  segments: Record<string, unknown>;
  /** event types that somebody is known to send */
  events: string[];
  /** ids of the home's campaigns */
  campaigns: string[];
  /** what events of a type carry: "event.amount" */
  fields(event: string): Scope;
  /** decimal places of the home's currency */
  exponent: number;
  /** the same without the extra scope: what a segment may talk about */
  unscoped: Catalogue;
}

export interface CatalogueParts {
  traits: Traits;
  segments: Record<string, unknown>;
  scope?: Scope;
  /** event types beyond the built-in ones */
  events?: string[];
  /** ids of the home's campaigns */
  campaigns?: string[];
  /** what events of a type carry; anything when left out */
  fields?: (event: string) => Scope;
  /** decimal places of the home's currency; 2 when left out */
  exponent?: number;
}

export function buildCatalogue(parts: CatalogueParts): Catalogue {
  const exponent = parts.exponent ?? 2;
  const traits = traitFamily(parts.traits, exponent);
  const campaigns = parts.campaigns ?? [];
  const families = [
    ...[customerColumns, traits, consents, orders, events, complaints, campaignFamily(campaigns), messages],
    ...[scores, todayFamily],
  ];
  const base = assemble(families, {
    segments: parts.segments,
    events: [...BUILT_IN_EVENTS, ...(parts.events ?? [])],
    campaigns,
    fields: parts.fields ?? (() => ({ "event.*": "any" }) as const),
    exponent,
  });
  return parts.scope ? withScope(base, parts.scope) : base;
}

/** The catalogue of one place in a campaign: `event.*`, `steps.*`, … on top of what is always known. */
export function withScope(catalogue: Catalogue, scope: Scope): Catalogue {
  const base = catalogue.unscoped;
  const extra = scopeFamily(scope);
  return {
    ...base,
    variable: (name) => base.variable(name) ?? extra.find(name),
    names: (wrong) => [...extra.names(""), ...base.names(wrong)],
    described: [...base.described, ...extra.described],
    unscoped: base,
  };
}

/** The same, where a campaign that is only just being read asks about itself. */
export function withCampaign(catalogue: Catalogue, id: string): Catalogue {
  const base = catalogue.unscoped;
  if (base.campaigns.includes(id)) return catalogue;
  const family = campaignFamily([id]);
  const extended: Catalogue = {
    ...base,
    variable: (name) => base.variable(name) ?? family.find(name),
    names: (wrong) => [...family.names(""), ...base.names(wrong)],
    campaigns: [...base.campaigns, id],
    get unscoped() {
      return extended;
    },
  };
  return extended;
}

function assemble(
  families: Family[],
  known: Pick<Catalogue, "segments" | "events" | "campaigns" | "fields" | "exponent">,
): Catalogue {
  const catalogue: Catalogue = {
    variable(name) {
      for (const family of families) {
        const found = family.find(name);
        if (found) return found;
      }
      return undefined;
    },
    names(wrong) {
      const window = /_(\d+[dy])$/.exec(wrong)?.[1] ?? "365d";
      return families.flatMap((family) => family.names(window));
    },
    described: families.flatMap((family) => family.described),
    ...known,
    get unscoped() {
      return catalogue;
    },
  };
  return catalogue;
}
