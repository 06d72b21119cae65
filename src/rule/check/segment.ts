import { nearest } from "../../fault.ts";
import { readSyntax } from "../syntax/read.ts";
import { type Checker, checkCondition, type Context, report } from "./context.ts";

const DEEPEST_PATH = 8;
const CIRCLE = { en: "segments refer to one another: ", "zh-CN": "分群循环引用：" };

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
  const path = [...context.path, id];
  if (context.path.includes(id) || path.length > DEEPEST_PATH) {
    const circle = path.join(" → ");
    return report(context, node.pointer, { en: CIRCLE.en + circle, "zh-CN": CIRCLE["zh-CN"] + circle });
  }
  // its own faults are reported with its own file; here only a circle matters, and that it cannot be used
  const inner: Context = {
    ...context,
    catalogue: context.catalogue.unscoped,
    faults: [],
    outside: context.level,
    path,
  };
  const rule = checkCondition(readSyntax(segments[id], "", inner.faults), inner);
  const wrong = inner.faults.filter((fault) => fault.severity === "error");
  if (rule && wrong.length === 0) return { op: "segment", type: "boolean", id, args: [rule] };
  const circle = wrong.find((fault) => fault.message.en.startsWith(CIRCLE.en));
  const faulty = { en: `the rule of segment "${id}" is faulty`, "zh-CN": `分群 "${id}" 的规则有误` };
  return report(context, node.pointer, circle?.message ?? faulty);
};
