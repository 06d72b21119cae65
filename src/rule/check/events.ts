import { nearest, pointer as join } from "../../fault.ts";
import type { Aggregate, Ast, Source, Type } from "../ast.ts";
import type { Catalogue } from "../catalogue.ts";
import type { Syntax } from "../syntax/tree.ts";
import { type Scope, scopeFamily } from "../variables/scope.ts";
import { suffixOf, windowOf } from "../window.ts";
import { reportWindow } from "./aggregate.ts";
import { checkCondition, type Context, report } from "./context.ts";
import { warnOfEvent } from "./variable.ts";

type Node = Extract<Syntax, { kind: "aggregate" }>;

const ASKS: Record<string, { of: string; type: Type }> = {
  count: { of: "events", type: "number" },
  days: { of: "days", type: "number" },
  first: { of: "day", type: "date" },
  last: { of: "day", type: "date" },
};
const EXAMPLE = '{"events": {"type": "check_in", "count": "events", "within": "30d", "where": …}}';

/** `{ "events": { "type": "page_viewed", "count": "events", "within": "30d", "where": … } }`: over the events that fit `where`. */
export function checkEvents(node: Node, context: Context): Ast | undefined {
  const { within, type: event, ...asks } = node.fields;
  const window = within === undefined ? {} : typeof within === "string" ? windowOf(within) : undefined;
  if (!window) reportWindow(node, context);
  const aggregate = checkAsk(asks, node, context);
  if (typeof event !== "string") {
    return report(
      context,
      node.pointer,
      { en: '"type" says which events', "zh-CN": '须用 "type" 写明事件类型' },
      { en: `such as ${EXAMPLE}`, "zh-CN": `例如 ${EXAMPLE}` },
    );
  }
  const catalogue = eventCatalogue(context.catalogue, context.catalogue.fields(event));
  const where = node.where && checkCondition(node.where, { ...context, catalogue });
  const known = context.catalogue.variable(`events.${event}.count`);
  if (!known) {
    return report(context, `${node.pointer}/type`, { en: "not an event type", "zh-CN": "不是有效的事件类型" });
  }
  warnOfEvent(known, `${node.pointer}/type`, context);
  if (!window || !aggregate || (node.where && !where)) return undefined;
  const source: Source = { from: "events", event, aggregate, ...window, ...(where && { where }) };
  const name = `events.${event}.${aggregate}${suffixOf(window)}`;
  const { type } = ASKS[aggregate]!;
  return { op: "var", name: where ? `${name} ${JSON.stringify(where)}` : name, type, source };
}

function checkAsk(asks: Record<string, unknown>, node: Node, context: Context): Aggregate | undefined {
  const [[aggregate, of] = ["", ""], ...more] = Object.entries(asks);
  const unknown = Object.keys(asks).find((key) => !Object.hasOwn(ASKS, key));
  if (unknown !== undefined || more.length > 0 || aggregate === "") {
    const list = Object.keys(ASKS).join(", ");
    return report(
      context,
      unknown === undefined ? node.pointer : node.pointer + join(unknown),
      { en: `exactly one of ${list} was expected`, "zh-CN": `此处应恰有 ${list} 之一` },
      unknown === undefined
        ? { en: `such as ${EXAMPLE}`, "zh-CN": `例如 ${EXAMPLE}` }
        : nearest(unknown, [...Object.keys(ASKS), "type", "within", "where"]),
    );
  }
  if (of === ASKS[aggregate]!.of) return aggregate as Aggregate;
  return report(context, node.pointer + join(aggregate), {
    en: `"${aggregate}" takes "${ASKS[aggregate]!.of}"`,
    "zh-CN": `"${aggregate}" 可用 "${ASKS[aggregate]!.of}"`,
  });
}

/** Inside `where` only the event is known. */
function eventCatalogue(catalogue: Catalogue, fields: Scope): Catalogue {
  const family = scopeFamily(fields);
  return {
    ...catalogue,
    variable(name) {
      const found = family.find(name);
      const path = name.split(".").slice(1);
      return found && { ...found, source: { from: "field", path, exponent: catalogue.exponent } };
    },
    names: (wrong) => family.names(wrong),
    segments: {},
  };
}
