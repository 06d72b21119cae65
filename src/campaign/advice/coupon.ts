import { type Fault, pointer, warning } from "../../fault.ts";
import { list, record } from "../definition/journey.ts";
import type { Advice } from "./advice.ts";
import { spoken } from "./days.ts";
import { couponOf } from "./goal.ts";
import { DAY, minutes } from "./way.ts";

const DEFAULT_VALIDITY = 2 * DAY;

/** Codes that are dead, or nearly, when they can first be used. */
export const coupon: Advice = ({ library, way }) =>
  way.steps.flatMap((step, index): Fault[] => {
    const pool = library.coupons[couponOf(step) ?? ""];
    if (!pool) return [];
    const valid = pool.validFor.days * DAY + pool.validFor.minutes;
    const faults: Fault[] = [];
    const held = step.body.validFor === undefined ? DEFAULT_VALIDITY : minutes(step.body.validFor);
    if (step.kind === "send" && valid <= held) {
      const message = {
        en: `a code of "${pool.id}" is good for ${spoken(valid).en}, but this message may leave ${spoken(held).en} late: it can arrive with a dead code`,
        "zh-CN": `"${pool.id}" 的券码有效期为 ${spoken(valid)["zh-CN"]}，而这条消息最多可推迟 ${spoken(held)["zh-CN"]}：到达时可能已失效`,
      };
      faults.push(
        warning(step.pointer + pointer("send"), message, { en: 'a shorter "validFor"', "zh-CN": '请缩短 "validFor"' }),
      );
    }
    const next = way.steps[index + 1];
    if (next && next.kind === "waitFor" && next.sure.has(step.id) && listOf(next.pointer) === listOf(step.pointer)) {
      const within = minutes(next.body.within);
      const reminds = list(next.body.timeout).some((item) => record(item)?.send !== undefined);
      if (reminds && within >= valid) {
        const message = {
          en: `waits ${spoken(within).en} for the coupon of "${step.id}" to be used, which is good for ${spoken(valid).en}: the message at the end comes too late`,
          "zh-CN": `等待 "${step.id}" 的优惠券被使用 ${spoken(within)["zh-CN"]}，而券的有效期只有 ${spoken(valid)["zh-CN"]}：最后的提醒已无意义`,
        };
        faults.push(warning(`${next.pointer}/waitFor/within`, message));
      }
    }
    return faults;
  });

function listOf(at: string): string {
  return at.slice(0, at.lastIndexOf("/"));
}
