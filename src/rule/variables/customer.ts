import type { Text } from "../text.ts";
import type { Declared, Family } from "./described.ts";

const COLUMNS: Record<string, { column: "customer_id" | "locale" | "timezone" | "owner"; label: Text }> = {
  "customer.id": { column: "customer_id", label: { en: "customer number", "zh-CN": "客户编号" } },
  "customer.locale": { column: "locale", label: { en: "language", "zh-CN": "语言" } },
  "customer.timezone": { column: "timezone", label: { en: "time zone", "zh-CN": "时区" } },
  "customer.owner": { column: "owner", label: { en: "sales rep", "zh-CN": "负责人" } },
};

export const customerColumns: Family = {
  find(name): Declared | undefined {
    const entry = Object.hasOwn(COLUMNS, name) ? COLUMNS[name] : undefined;
    return entry && { name, type: "string", source: { from: "customer", column: entry.column }, label: entry.label };
  },
  names: () => Object.keys(COLUMNS),
  described: Object.entries(COLUMNS).map(([name, { label }]) => ({ name, type: "string", label, source: "customers" })),
};

/** Channels that consent is asked for. */
export const CONSENT_CHANNELS = ["email", "sms", "wecom-customer", "phone"] as const;

const CHANNEL = /^consent\.([a-z][a-z0-9-]{0,30})$/;

export const consents: Family = {
  find(name): Declared | undefined {
    const channel = CHANNEL.exec(name)?.[1];
    if (channel === undefined) return undefined;
    const label = { en: `consent to promotions by ${channel}`, "zh-CN": `同意通过 ${channel} 接收营销信息` };
    return { name, type: "boolean", source: { from: "consent", channel }, label };
  },
  names: () => CONSENT_CHANNELS.map((channel) => `consent.${channel}`),
  described: [
    {
      name: "consent.<channel>",
      type: "boolean",
      label: {
        en: `consent to promotions (${CONSENT_CHANNELS.join(", ")}); missing when never asked`,
        "zh-CN": `是否同意接收营销信息（${CONSENT_CHANNELS.join("、")}）；从未询问则为缺失`,
      },
      source: "consents",
    },
  ],
};
