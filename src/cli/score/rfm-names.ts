import type { RfmGroup } from "../../stats/rfm.ts";

interface Name {
  en: string;
  "zh-CN": string;
}

const NAMES: Record<RfmGroup, Name> = {
  champions: { en: "champions", "zh-CN": "冠军客户" },
  loyal: { en: "loyal", "zh-CN": "忠诚客户" },
  "potential-loyal": { en: "potential loyal", "zh-CN": "潜在忠诚" },
  new: { en: "new", "zh-CN": "新客户" },
  promising: { en: "promising", "zh-CN": "有希望" },
  "needs-attention": { en: "need attention", "zh-CN": "需要关注" },
  "about-to-sleep": { en: "about to sleep", "zh-CN": "即将沉睡" },
  "at-risk": { en: "at risk", "zh-CN": "有流失风险" },
  "cannot-lose": { en: "cannot be lost", "zh-CN": "不能失去" },
  hibernating: { en: "hibernating", "zh-CN": "休眠" },
  lost: { en: "lost", "zh-CN": "已流失" },
};

export const RFM_NAMES: Record<string, Name> = NAMES;
