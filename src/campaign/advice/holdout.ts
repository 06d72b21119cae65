import { warning } from "../../fault.ts";
import type { Advice } from "./advice.ts";
import { sizeOf } from "./size.ts";

/** With fewer, chance alone moves the holdout's rate by more than campaigns do. */
const FEWEST = 20;
/** two standard errors of a share, at one in ten */
const swing = (size: number) => Math.round(200 * Math.sqrt(0.09 / size));

export const tinyHoldout: Advice = (campaign) => {
  const share = campaign.program.audience.holdout;
  const size = sizeOf(campaign);
  if (share === 0 || !size || size.holdout >= FEWEST) return [];
  const message =
    size.holdout === 0
      ? {
          en: `is nobody: ${share} of ${size.treated} customers is less than one, so no lift can be told`,
          "zh-CN": `对照组没有人：${size.treated} 人的 ${share} 不足一人，无法判断增量`,
        }
      : {
          en: `is ${size.holdout} customers: chance alone moves their rate by ${swing(size.holdout)} points or so, so no lift can be told`,
          "zh-CN": `对照组只有 ${size.holdout} 人：仅偶然因素就会使其比例波动约 ${swing(size.holdout)} 个百分点，无法判断增量`,
        };
  const hint = {
    en: `a larger share or audience (${FEWEST} customers at least), or none`,
    "zh-CN": `请提高比例或扩大人群（对照组至少 ${FEWEST} 人），或不设对照组`,
  };
  return [warning("/audience/holdout", message, hint)];
};
