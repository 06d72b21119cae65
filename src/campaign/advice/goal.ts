import { type Fault, warning } from "../../fault.ts";
import { record } from "../definition/journey.ts";
import type { Advice } from "./advice.ts";
import { spoken } from "./days.ts";
import { DAY, minutes, type Passed } from "./way.ts";

/** What is offered when the goal's window has closed cannot bring a conversion that counts. */
export const lateOffer: Advice = ({ definition, way }) => {
  const within = minutes(record(record(definition.goal)?.convert)?.within);
  if (within === 0) return [];
  const offers = way.steps.filter((step) => couponOf(step) !== undefined);
  const promotions = way.steps.filter(
    ({ kind, body }) => kind === "send" && (body.kind ?? "promotion") === "promotion",
  );
  const asked = offers.length > 0 ? offers : promotions;
  // a last reminder may come late; that nothing at all comes in time may not
  if (offers.length === 0 && asked.some((step) => step.earliest < within)) return [];
  return asked.flatMap((step): Fault[] => {
    if (step.earliest === Infinity || step.earliest < within) return [];
    const [reached, closed] = [spoken(Math.floor(step.earliest / DAY) * DAY), spoken(within)];
    const message = {
      en: `"${step.id}" comes ${reached.en} after entering at the earliest, when the goal's window of ${closed.en} has closed: what it brings does not count`,
      "zh-CN": `"${step.id}" 最早在进入后 ${reached["zh-CN"]}才发出，此时目标窗口（${closed["zh-CN"]}）已结束，由它带来的转化不计入`,
    };
    const hint = {
      en: "a longer /goal/convert/within, or an earlier offer",
      "zh-CN": "请延长 /goal/convert/within，或提前发出",
    };
    return [warning(step.pointer, message, hint)];
  });
};

/** A conversion that ends or moves the journey does so before a wait for the same event can go on. */
export const forestalled: Advice = ({ definition, way }) => {
  const goal = record(definition.goal);
  const convert = record(goal?.convert);
  if (!convert || convert.where !== undefined || (goal!.onConvert ?? "continue") === "continue") return [];
  return way.steps.flatMap(({ kind, body, pointer, earliest }): Fault[] => {
    if (kind !== "waitFor" || body.event !== convert.event || body.then === undefined) return [];
    if (earliest + minutes(body.within) > minutes(convert.within)) return [];
    const message = {
      en: `these steps are not taken while the goal's window is open: ${String(body.event)} is the conversion, and "onConvert" takes the customer away first`,
      "zh-CN": `目标窗口内不会执行这些步骤：${String(body.event)} 即为转化，"onConvert" 会先把客户带走`,
    };
    const hint = { en: 'put them where "onConvert" leads', "zh-CN": '请放到 "onConvert" 指向的步骤' };
    return [warning(`${pointer}/waitFor/then`, message, hint)];
  });
};

/** What a conversion leads to, where nothing is one. */
export const nothingConverts: Advice = ({ definition }) => {
  const goal = record(definition.goal);
  if (goal?.onConvert === undefined || goal.onConvert === "continue" || goal.convert !== undefined) return [];
  const message = {
    en: 'never acts: no "convert" says what a conversion is',
    "zh-CN": '不会发生：没有 "convert" 说明什么算转化',
  };
  return [warning("/goal/onConvert", message)];
};

/** The pool that a step gives from. */
export function couponOf({ kind, body }: Pick<Passed, "kind" | "body">): string | undefined {
  const pool = kind === "send" ? body.coupon : kind === "coupon" ? body.give : undefined;
  return typeof pool === "string" ? pool : undefined;
}
