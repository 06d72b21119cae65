import { nearest, warning } from "../../fault.ts";
import type { Ast, Type, Var } from "../ast.ts";
import type { Text } from "../text.ts";
import type { Syntax } from "../syntax/tree.ts";
import { CONSENT_CHANNELS } from "../variables/customer.ts";
import type { Declared } from "../variables/described.ts";
import { LONGEST_DAYS, SUGGESTED_WINDOWS, windowOf } from "../window.ts";
import { type Checker, type Context, report, reportType, typeName } from "./context.ts";

/** `{ "var": name }`, `{ "var": [name, otherwise] }`, `{ "var": "" }` for the element of a list. */
export const checkVariable: Checker = (call, context, wanted) => {
  const [nameNode, otherwise] = call.args;
  if (nameNode?.kind !== "literal" || typeof nameNode.value !== "string") {
    if (nameNode?.kind === "wrong") return undefined;
    return report(
      context,
      nameNode?.pointer ?? call.pointer,
      { en: '"var" takes the name of a variable', "zh-CN": '"var" 的参数应为变量名' },
      { en: 'such as {"var": "orders.count"}', "zh-CN": '例如 {"var": "orders.count"}' },
    );
  }
  if (nameNode.value === "") return checkItem(call.pointer, context);
  const variable = find(nameNode.value, nameNode.pointer, context, wanted ?? literalType(otherwise));
  if (!variable || !otherwise) return variable;
  const fallback = context.check(otherwise, context, variable.type);
  if (!fallback) return undefined;
  if (fallback.op !== "literal" || fallback.type !== variable.type) {
    return reportType(
      context,
      otherwise,
      { en: `${typeName(variable.type).en}, written out`, "zh-CN": `写明的${typeName(variable.type)["zh-CN"]}` },
      fallback,
    );
  }
  return { op: "default", type: variable.type, args: [variable, fallback] };
};

/** A variable of open type takes the type of its own stand-in. */
function literalType(node: Syntax | undefined): Type | undefined {
  const type = node?.kind === "literal" ? typeof node.value : undefined;
  return type === "boolean" || type === "number" || type === "string" ? type : undefined;
}

function checkItem(pointer: string, context: Context): Ast | undefined {
  if (context.level > context.outside) return { op: "item", type: "string", level: context.level - 1 };
  return report(
    context,
    pointer,
    {
      en: '{"var": ""} means the element inside "some", "all" and "none"',
      "zh-CN": '{"var": ""} 只能在 "some"、"all"、"none" 内表示列表元素',
    },
    { en: "name a variable", "zh-CN": "请写变量名" },
  );
}

function find(name: string, pointer: string, context: Context, wanted?: Type): Var | undefined {
  const known = context.catalogue.variable(name);
  if (!known)
    return report(
      context,
      pointer,
      { en: `unknown variable "${name}"`, "zh-CN": `未知变量 "${name}"` },
      hintFor(name, context),
    );
  warnOfEvent(known, pointer, context);
  warnOfChannel(known, pointer, context);
  const type = known.type === "any" ? (wanted ?? "string") : known.type;
  return { op: "var", name: known.name, type, source: known.source };
}

/** A type that nobody is known to send is as likely a typing error as a new one: said, not refused. */
export function warnOfEvent({ source }: Declared, pointer: string, context: Context): void {
  if (source.from !== "events" || context.catalogue.events.includes(source.event)) return;
  const message = { en: `no event type "${source.event}" is declared`, "zh-CN": `未声明事件类型 "${source.event}"` };
  context.faults.push(warning(pointer, message, nearest(source.event, context.catalogue.events)));
}

/** Senders may name channels of their own, so this is no fault either. */
function warnOfChannel({ source }: Declared, pointer: string, context: Context): void {
  if (source.from !== "consent" || CONSENT_CHANNELS.some((channel) => channel === source.channel)) return;
  const { channel } = source;
  const message = { en: `nobody is asked for consent by "${channel}"`, "zh-CN": `没有征询同意的渠道 "${channel}"` };
  context.faults.push(warning(pointer, message, nearest(channel, CONSENT_CHANNELS)));
}

/** What comes after the aggregate, when that is none of our windows. */
function wrongWindow(name: string): boolean {
  const [, aggregate, window] = /^(?:orders|messages|events\..+)\.([a-z]+)_(.+)$/.exec(name) ?? [];
  const meant = window !== undefined && (/^\d/.test(window) || /^(this|last)_/.test(window));
  return meant && aggregate !== "next" && windowOf(window) === undefined;
}

/** What is said where a campaign has none of a kind of its own. */
const OWN: Record<string, Text> = {
  params: {
    en: 'a campaign declares such in "params"; here are none',
    "zh-CN": '参数须在活动的 "params" 中声明；这里没有',
  },
  steps: {
    en: "only a challenge, survey, task, rsvp, coupon, webhook or set finds or keeps something; here are none",
    "zh-CN": "只有 challenge、survey、task、rsvp、coupon、webhook、set 步骤会得到或保存数据；这里没有",
  },
  trigger: {
    en: "only where an event, a segment or a date starts the journey",
    "zh-CN": "仅在由事件、分群或日期触发的旅程中才有",
  },
};

function hintFor(name: string, context: Context) {
  if (wrongWindow(name)) {
    const such = SUGGESTED_WINDOWS.join(", ");
    return {
      en: `a window is 1d to ${LONGEST_DAYS}d, 1y to 3y, or a period, such as ${such}`,
      "zh-CN": `时间窗口为 1d 至 ${LONGEST_DAYS}d、1y 至 3y 或日历周期，例如 ${such}`,
    };
  }
  const names = context.catalogue.names(name);
  const root = name.split(".", 1)[0]!;
  const absent = OWN[root];
  if (absent) {
    // what a campaign brings along itself is like nothing else
    const own = names.filter((known) => known.startsWith(`${root}.`));
    return own.length > 0 ? nearest(name, own) : absent;
  }
  const longer = names.find((known) => known.endsWith(`.${name}`));
  return longer ? { en: `did you mean "${longer}"?`, "zh-CN": `是否想写 "${longer}"？` } : nearest(name, names);
}
