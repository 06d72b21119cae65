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
    trigger: {
      amount: "¥268",
      items: [
        { name: zh ? "明前龙井" : "Longjing, early spring", qty: 1, price: 198 },
        { name: zh ? "白瓷盖碗" : "White gaiwan", qty: 1, price: 70 },
      ],
    },
    params: {},
    steps: {},
    run: { id: "sample-1", day: 3 },
    links: {
      checkIn: link("check-in"),
      survey: link("survey"),
      rsvp: link("rsvp"),
      rsvpYes: link("rsvp-yes"),
      rsvpNo: link("rsvp-no"),
      rsvpMaybe: link("rsvp-maybe"),
      unsubscribe: link("unsubscribe"),
      preferences: link("preferences"),
      shop: link("shop"),
    },
  };
}
