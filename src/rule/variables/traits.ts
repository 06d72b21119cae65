import type { Text } from "../text.ts";
import type { Type } from "../ast.ts";
import type { Family } from "./described.ts";

/** rules/traits.json: what customers' traits are called and of what type they are. */
export type Traits = Record<string, { type: Type; label: Text }>;

const PREFIX = "customer.traits.";

/** @param exponent decimal places of the currency */
export function traitFamily(traits: Traits, exponent: number): Family {
  return {
    find(name) {
      const trait = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : "";
      if (!Object.hasOwn(traits, trait)) return undefined;
      const { type, label } = traits[trait]!;
      return { name, type, source: { from: "trait", trait, exponent }, label };
    },
    names: () => Object.keys(traits).map((trait) => PREFIX + trait),
    described: Object.entries(traits).map(([trait, { type, label }]) => ({
      name: PREFIX + trait,
      type,
      label,
      source: "customers.traits",
    })),
  };
}
