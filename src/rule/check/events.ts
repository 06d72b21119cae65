import { nearest, pointer as join } from "../../fault.ts";
import type { Aggregate, Ast, EventField, Source, Type } from "../ast.ts";
import type { Catalogue } from "../catalogue.ts";
import type { Syntax } from "../syntax/tree.ts";
import { type Scope, scopeFamily } from "../variables/scope.ts";
import { suffixOf, windowOf } from "../window.ts";
import { reportWindow } from "./aggregate.ts";
import { checkCondition, type Context, filterContext, hasCustomer, report } from "./context.ts";
import { warnOfEvent } from "./variable.ts";

type Node = Extract<Syntax, { kind: "aggregate" }>;

const ASKS: Record<string, { of: string; type: Type }> = {
  count: { of: "events", type: "number" },
  days: { of: "days", type: "number" },
  first: { of: "day", type: "date" },
  last: { of: "day", type: "date" },
};
/** These take a field of the event: `{ "sum": "amount" }`. */
const OVER_FIELD: string[] = ["sum", "avg", "min", "max"] satisfies Aggregate[];
const ALL = [...Object.keys(ASKS).slice(0, 1), ...OVER_FIELD, ...Object.keys(ASKS).slice(1)];
/** Fields are named without it where only a field can stand. */
const PREFIX = "event.";
const EXAMPLE = '{"events": {"type": "check_in", "count": "events", "within": "30d", "where": …}}';

/** `{ "events": { "type": "page_viewed", "count": "events", "within": "30d", "where": … } }`: over the events that fit `where`. */
export function checkEvents(node: Node, context: Context): Ast | undefined {
  if (!hasCustomer(node.table, node.pointer, context)) return undefined;
  const { within, type: event, ...asks } = node.fields;
  const window = within === undefined ? {} : typeof within === "string" ? windowOf(within) : undefined;
  if (!window) reportWindow(node, context);
  const asked = checkAsk(asks, node, context);
  if (typeof event !== "string") {
    return report(
      context,
      node.pointer,
      { en: '"type" says which events', "zh-CN": '须用 "type" 写明事件类型' },
      { en: `such as ${EXAMPLE}`, "zh-CN": `例如 ${EXAMPLE}` },
    );
  }
  const fields = context.catalogue.fields(event);
  const catalogue = eventCatalogue(context.catalogue, fields);
  const where = node.where && checkCondition(node.where, filterContext(context, catalogue));
  const known = context.catalogue.variable(`events.${event}.count`);
  if (!known) {
    return report(context, `${node.pointer}/type`, { en: "not an event type", "zh-CN": "不是有效的事件类型" });
  }
  warnOfEvent(known, `${node.pointer}/type`, context);
  const overField = asked && OVER_FIELD.includes(asked.aggregate);
  const of = overField ? checkField(asked, event, fields, node, context) : undefined;
  if (!window || !asked || (overField && !of) || (node.where && !where)) return undefined;
  const { aggregate } = asked;
  const source: Source = { from: "events", event, aggregate, ...(of && { of }), ...window, ...(where && { where }) };
  const field = of ? `(${asked.of})` : "";
  const name = `events.${event}.${aggregate}${suffixOf(window)}${field}`;
  const type = of?.type ?? ASKS[aggregate]!.type;
  return { op: "var", name: where ? `${name} ${JSON.stringify(where)}` : name, type, source };
}

interface Asked {
  aggregate: Aggregate;
  of: string;
}

function checkAsk(asks: Record<string, unknown>, node: Node, context: Context): Asked | undefined {
  const [[aggregate, of] = ["", ""], ...more] = Object.entries(asks);
  const unknown = Object.keys(asks).find((key) => !ALL.includes(key));
  if (unknown !== undefined || more.length > 0 || aggregate === "") {
    const list = ALL.join(", ");
    return report(
      context,
      unknown === undefined ? node.pointer : node.pointer + join(unknown),
      { en: `exactly one of ${list} was expected`, "zh-CN": `此处应恰有 ${list} 之一` },
      unknown === undefined
        ? { en: `such as ${EXAMPLE}`, "zh-CN": `例如 ${EXAMPLE}` }
        : nearest(unknown, [...ALL, "type", "within", "where"]),
    );
  }
  const fixed = Object.hasOwn(ASKS, aggregate) ? ASKS[aggregate]!.of : undefined;
  if (typeof of === "string" && (fixed ?? of) === of) return { aggregate: aggregate as Aggregate, of };
  return report(context, node.pointer + join(aggregate), {
    en: `"${aggregate}" takes ${fixed === undefined ? "the name of a field" : `"${fixed}"`}`,
    "zh-CN": `"${aggregate}" 可用 ${fixed === undefined ? "字段名" : `"${fixed}"`}`,
  });
}

/** The field that is summed up; one of open type is a number. */
function checkField(
  { aggregate, of }: Asked,
  event: string,
  fields: Scope,
  node: Node,
  context: Context,
): EventField | undefined {
  const found = of === "" ? undefined : scopeFamily(fields).find(`${PREFIX}${of}`);
  const type = found?.type === "any" ? "number" : found?.type;
  if (type === "number" || type === "money") return { path: of.split("."), type, exponent: context.catalogue.exponent };
  const pointer = node.pointer + join(aggregate);
  const numeric = Object.keys(fields)
    .filter((name) => fields[name] === "number" || fields[name] === "money")
    .map((name) => name.slice(PREFIX.length));
  const bare = of.startsWith(PREFIX) && numeric.includes(of.slice(PREFIX.length)) ? of.slice(PREFIX.length) : undefined;
  const hint =
    bare !== undefined
      ? { en: `write "${bare}"`, "zh-CN": `请写 "${bare}"` }
      : (nearest(of, numeric) ?? {
          en: "declare its fields in rules/events/",
          "zh-CN": "请在 rules/events/ 中声明其字段",
        });
  return report(
    context,
    pointer,
    {
      en: `"${event}" has no number or amount "${of}"`,
      "zh-CN": `"${event}" 没有数值或金额字段 "${of}"`,
    },
    hint,
  );
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
