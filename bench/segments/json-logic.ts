import jsonLogic from "json-logic-js";
import type { RulesLogic } from "json-logic-js";
import type { Segment } from "../../src/campaign/library.ts";
import { type Value, variablesOf } from "../../src/rule/ast.ts";
import type { Database } from "../../src/store/database.ts";
import { keyOf, returning } from "../../src/rule/anniversary.ts";
import { loadFacts } from "../../src/store/facts.ts";
import { timed } from "../measure.ts";
import { AS_OF, HOME_ZONE } from "./world.ts";

const BATCH = 1_000;
const TODAY = AS_OF.toISOString().slice(0, 10);

// it knows no dates: what somebody would add to it
jsonLogic.add_operation("is_today", (date: unknown, calendar: "solar" | "lunar" = "solar", within = 0) =>
  typeof date === "string" ? returning(calendar, TODAY, within).has(keyOf(calendar, date)) : false,
);

/**
 * Milliseconds per customer when facts are loaded, a thousand customers at a time, into json-logic-js: measured on the
 * first customers of the base only, since all of them would take too long.
 */
export async function jsonLogicCost(db: Database, segments: Record<string, Segment>, id: string, sample: number) {
  const { rule } = segments[id]!;
  const variables = variablesOf(rule);
  const money = new Set(variables.filter((variable) => variable.type === "money").map(({ name }) => name));
  const json = inlined(segments, id);
  let members = 0;
  const { ms } = await timed(async () => {
    for (let first = 1; first <= sample; first += BATCH) {
      const customers = Array.from({ length: Math.min(BATCH, sample - first + 1) }, (_, i) => first + i);
      const facts = await loadFacts(db, { customers, variables, asOf: AS_OF, homeZone: HOME_ZONE });
      for (const known of facts.values()) {
        if (jsonLogic.apply(json, nested(known, money)) === true) members++;
      }
    }
  });
  return { msPerCustomer: ms / sample, members };
}

/** The rule as json-logic-js knows it: other segments set in. */
function inlined(segments: Record<string, Segment>, id: string): RulesLogic {
  const rule = (segments[id]!.definition as { rule: unknown }).rule;
  const text = JSON.stringify(rule, (_, value: unknown) => {
    const named = typeof value === "object" && value !== null && "segment" in value ? value.segment : undefined;
    return named === undefined ? value : inlined(segments, String(Array.isArray(named) ? named[0] : named));
  });
  return JSON.parse(text) as RulesLogic;
}

/** { "orders.sum": 5000 } as { orders: { sum: 50 } } */
function nested(known: Record<string, Value>, money: Set<string>): Record<string, unknown> {
  const data: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(known)) {
    const path = name.split(".");
    const last = path.pop()!;
    let place = data;
    for (const part of path) place = (place[part] ??= {}) as Record<string, unknown>;
    place[last] = money.has(name) && typeof value === "number" ? value / 100 : value;
  }
  return data;
}
