import { nearest, pointer as join } from "../../fault.ts";
import type { Aggregate, Ast, Source, Type } from "../ast.ts";
import type { Catalogue } from "../catalogue.ts";
import type { Syntax } from "../syntax/tree.ts";
import type { Declared } from "../variables/described.ts";
import { SUGGESTED_WINDOWS, suffixOf, windowOf } from "../window.ts";
import { checkCondition, type Context, filterContext, hasCustomer, report } from "./context.ts";

type Node = Extract<Syntax, { kind: "aggregate" }>;

/** What may be asked of what: `{ "sum": "amount" }`. */
const ASKS: Record<string, Record<string, Type>> = {
  count: { orders: "number" },
  sum: { amount: "money", qty: "number" },
  avg: { amount: "money", qty: "number" },
  min: { amount: "money", qty: "number" },
  max: { amount: "money", qty: "number" },
  first: { day: "date" },
  last: { day: "date" },
};
const ITEM: Record<string, { type: Type; column: Extract<Source, { from: "item" }>["column"] }> = {
  "item.sku": { type: "string", column: "sku" },
  "item.category": { type: "string", column: "category" },
  "item.qty": { type: "number", column: "qty" },
  "item.price": { type: "money", column: "price" },
};

/**
 * `{ "orders": { "sum": "amount", "within": "180d", "where": … } }`: over the items that fit `where`. Without `where`
 * it is another way to write `orders.sum_180d`.
 */
export function checkAggregate(node: Node, context: Context): Ast | undefined {
  if (!hasCustomer(node.table, node.pointer, context)) return undefined;
  const { within, ...asks } = node.fields;
  const window = within === undefined ? {} : typeof within === "string" ? windowOf(within) : undefined;
  if (!window) reportWindow(node, context);
  const asked = checkAsk(asks, node, context);
  const where = node.where && checkCondition(node.where, filterContext(context, itemCatalogue(context.catalogue)));
  if (!asked || !window || (node.where && !where)) return undefined;
  const { aggregate, of, type } = asked;
  const name = `orders.${aggregate}${suffixOf(window)}`;
  if (!where) {
    if (of !== "qty") return { op: "var", name, type, source: { from: "orders", aggregate, ...window } };
    const hint = { en: 'such as {">": [{"var": "item.qty"}, 0]}', "zh-CN": '例如 {">": [{"var": "item.qty"}, 0]}' };
    return report(
      context,
      node.pointer,
      { en: 'quantities need a "where"', "zh-CN": '统计数量时需要写 "where"' },
      hint,
    );
  }
  const amount = of === "qty" ? "qty" : "amount";
  const source: Source = { from: "items", aggregate, of: amount, ...window, where };
  return { op: "var", name: `${name}(${of}) ${JSON.stringify(where)}`, type, source };
}

function checkAsk(asks: Record<string, unknown>, node: Node, context: Context) {
  const [[aggregate, of] = ["", ""], ...more] = Object.entries(asks);
  const unknown = Object.keys(asks).find((key) => !Object.hasOwn(ASKS, key));
  if (unknown !== undefined || more.length > 0 || aggregate === "") {
    const pointer = unknown === undefined ? node.pointer : node.pointer + join(unknown);
    const list = Object.keys(ASKS).join(", ");
    const hint = unknown === undefined ? undefined : nearest(unknown, [...Object.keys(ASKS), "within", "where"]);
    return report(
      context,
      pointer,
      { en: `exactly one of ${list} was expected`, "zh-CN": `此处应恰有 ${list} 之一` },
      hint,
    );
  }
  const fields = ASKS[aggregate]!;
  if (typeof of !== "string" || !Object.hasOwn(fields, of)) {
    const list = Object.keys(fields)
      .map((field) => `"${field}"`)
      .join(", ");
    return report(context, node.pointer + join(aggregate), {
      en: `"${aggregate}" takes ${list}`,
      "zh-CN": `"${aggregate}" 可用 ${list}`,
    });
  }
  return { aggregate: aggregate as Aggregate, of, type: fields[of]! };
}

export function reportWindow(node: Node, context: Context): void {
  const such = SUGGESTED_WINDOWS.join(", ");
  report(
    context,
    `${node.pointer}/within`,
    { en: "not a window", "zh-CN": "不是有效的时间窗口" },
    { en: `such as ${such}`, "zh-CN": `例如 ${such}` },
  );
}

/** Inside `where` only the item is known. */
function itemCatalogue(catalogue: Catalogue): Catalogue {
  return {
    ...catalogue,
    variable(name): Declared | undefined {
      const found = Object.hasOwn(ITEM, name) ? ITEM[name] : undefined;
      return (
        found && {
          name,
          type: found.type,
          source: { from: "item", column: found.column },
          label: { en: name, "zh-CN": name },
        }
      );
    },
    names: () => Object.keys(ITEM),
    segments: {},
  };
}
