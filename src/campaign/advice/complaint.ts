import { type Fault, pointer, warning } from "../../fault.ts";
import { list, record } from "../definition/journey.ts";
import type { Advice } from "./advice.ts";
import type { Passed } from "./way.ts";

const HELD = ["send", "challenge", "task", "coupon", "gift", "points"];

/** While a complaint is open promotions are held, so a journey about a complaint must first wait for its solution. */
export const promotionFirst: Advice = ({ definition, program, way }) => {
  if (!program.policy.problemFirst) return [];
  const begun = record(record(definition.trigger)?.event)?.type === "complaint.opened";
  const opening = new Set(way.steps.filter(({ kind }) => kind === "complaint").map(({ id }) => id));
  const solving = new Set(way.steps.filter(waitsForSolution).map(({ id }) => id));
  return way.steps.flatMap(({ id, kind, body, pointer: at, sure, behind }): Fault[] => {
    if (!HELD.includes(kind) || (body.kind ?? "promotion") !== "promotion") return [];
    if (!begun && ![...sure].some((each) => opening.has(each))) return [];
    if ([...behind].some((each) => solving.has(each))) return [];
    const message = {
      en: `"${id}" is a promotion, and the customer's complaint is open: it is held, and given up when it has become too old`,
      "zh-CN": `"${id}" 是营销内容，而客户的投诉尚未解决：会被暂缓，过期后放弃`,
    };
    const hint = {
      en: 'wait first: { "waitFor": { "event": "complaint.solved", … } }; or say "kind": "service"',
      "zh-CN": '请先等待：{ "waitFor": { "event": "complaint.solved", … } }；或注明 "kind": "service"',
    };
    return [warning(at + pointer(kind), message, hint)];
  });
};

function waitsForSolution({ kind, body }: Passed): boolean {
  if (kind !== "waitFor") return false;
  const events = [body, ...list(body.any), ...list(body.all)].map((each) => record(each)?.event);
  return events.includes("complaint.solved");
}
