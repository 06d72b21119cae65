import { nearest } from "../../fault.ts";
import { readSyntax } from "../syntax/read.ts";
import { sizeOf } from "../syntax/tree.ts";
import type { Text } from "../text.ts";
import { type Checker, checkCondition, type Context, report } from "./context.ts";

const DEEPEST_PATH = 8;
/** Parts that all segments set into one rule may have together: what Postgres takes in one statement, with some to spare. */
const MOST_PARTS = 4_000;
const CIRCLE = { en: "segments refer to one another: ", "zh-CN": "分群循环引用：" };
const TOO_DEEP = { en: "segments are nested too deeply: ", "zh-CN": "分群嵌套过深：" };
const TOO_LARGE = { en: "the rule is too large with the segments in it", "zh-CN": "连同所引用的分群，规则过大" };
/** Faults of several segments together, told where the first of them is named. */
const PASSED_ON = [CIRCLE, TOO_DEEP, TOO_LARGE];

/** Membership in another segment: its rule is set in here, so that a stored program needs no library. */
export const checkSegment: Checker = (call, context) => {
  const node = call.args[0]!;
  if (node.kind !== "literal" || typeof node.value !== "string") {
    if (node.kind === "wrong") return undefined;
    return report(context, node.pointer, {
      en: '"segment" takes the id of a segment',
      "zh-CN": '"segment" 的参数应为分群编号',
    });
  }
  const id = node.value;
  const { segments } = context.catalogue;
  if (!Object.hasOwn(segments, id)) {
    return report(
      context,
      node.pointer,
      { en: `unknown segment "${id}"`, "zh-CN": `未知分群 "${id}"` },
      nearest(id, Object.keys(segments)),
    );
  }
  // said already: what stands behind would only repeat it
  if (context.inlined.parts > MOST_PARTS) return undefined;
  const path = [...context.path, id];
  const names = path.join(" → ");
  const said = (what: Text) => report(context, node.pointer, { en: what.en + names, "zh-CN": what["zh-CN"] + names });
  if (context.path.includes(id)) return said(CIRCLE);
  if (path.length > DEEPEST_PATH) return said(TOO_DEEP);
  // its own faults are reported with its own file; here only a circle matters, and that it cannot be used
  const inner: Context = {
    ...context,
    catalogue: context.catalogue.unscoped,
    faults: [],
    outside: context.level,
    path,
  };
  const syntax = readSyntax(segments[id], "", inner.faults);
  context.inlined.parts += sizeOf(syntax);
  if (context.inlined.parts > MOST_PARTS) return report(context, node.pointer, TOO_LARGE);
  const rule = checkCondition(syntax, inner);
  const wrong = inner.faults.filter((fault) => fault.severity === "error");
  if (rule && wrong.length === 0) return { op: "segment", type: "boolean", id, args: [rule] };
  const passed = wrong.find(({ message }) => PASSED_ON.some(({ en }) => message.en.startsWith(en)));
  const faulty = { en: `the rule of segment "${id}" is faulty`, "zh-CN": `分群 "${id}" 的规则有误` };
  return report(context, node.pointer, passed?.message ?? faulty);
};
