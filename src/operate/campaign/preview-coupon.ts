import { join } from "node:path";
import { digitsOf } from "../../campaign/currency.ts";
import type { Text } from "../../campaign/program.ts";
import { formatMoney } from "../../delivery/format.ts";
import type { Coupon } from "../../template/data.ts";
import { readJsonFile, readJsonFolder } from "../rules/folder.ts";

/**
 * The coupon that a template is looked at with: of the first campaign that sends the template with one, else the sample,
 * in the home's money. Campaigns with faults will do, since one looks at templates while one writes them.
 */
export async function previewCoupon(
  rules: string,
  template: string,
  locale: keyof Text,
  sample: Coupon,
): Promise<Coupon> {
  const campaigns = await readJsonFolder(join(rules, "campaigns"), []);
  const pool = campaigns.map(({ json }) => couponWith(json, template)).find((id) => id !== undefined);
  const home = (await readJsonFile(join(rules, "home.json"), []))?.json as { currency?: unknown } | undefined;
  const money = inHome(typeof home?.currency === "string" ? home.currency : "CNY", locale);
  const found = pool === undefined ? undefined : await readJsonFile(join(rules, "coupons", `${pool}.json`), []);
  if (!found) return { ...sample, minimum: money(100) };
  const { prefix, percentOff, amountOff, minimum } = found.json as Record<string, unknown>;
  return {
    code: typeof prefix === "string" ? sample.code.replace(/^[^-]+/, prefix) : sample.code,
    expires: sample.expires,
    ...(typeof percentOff === "number" && { percentOff }),
    ...(typeof amountOff === "number" && { amountOff: money(amountOff) }),
    ...(typeof minimum === "number" && minimum > 0 && { minimum: money(minimum) }),
  };
}

/** The coupon of a step, however deep, that sends the template. */
function couponWith(json: unknown, template: string): string | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const { template: sent, coupon } = json as Record<string, unknown>;
  if (sent === template && typeof coupon === "string" && /^[a-z][a-z0-9-]*$/.test(coupon)) return coupon;
  for (const part of Object.values(json)) {
    const found = couponWith(part, template);
    if (found !== undefined) return found;
  }
  return undefined;
}

function inHome(currency: string, locale: string): (amount: number) => string {
  const known = /^[A-Z]{3}$/.test(currency) ? currency : "CNY";
  return (amount) => formatMoney(Math.round(amount * 10 ** digitsOf(known)), known, locale);
}
