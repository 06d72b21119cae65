import type { Text } from "../campaign/program.ts";
import type { TemplateData } from "./data.ts";

/** Plausible data to look at a template with. */
export function sampleData(brand: string, locale: keyof Text): TemplateData {
  const zh = locale === "zh-CN";
  const link = (what: string) => `https://example.com/l/${what}`;
  return {
    brand,
    locale,
    campaign: { name: zh ? "老客户唤醒月" : "win-back month" },
    customer: { name: zh ? "李静" : "Ann Lee", traits: {} },
    challenge: { day: 3, days: 30 },
    coupon: {
      code: "WB-7K3M-Q2XD",
      percentOff: 20,
      minimum: "¥100",
      expires: zh ? "2026年6月8日" : "8 June 2026",
    },
    survey: { id: "survey" },
    links: {
      checkIn: link("check-in"),
      survey: link("survey"),
      unsubscribe: link("unsubscribe"),
      preferences: link("preferences"),
      shop: link("shop"),
    },
  };
}
