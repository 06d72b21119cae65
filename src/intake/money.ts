import { digitsOf } from "../campaign/currency.ts";
import { toMinor } from "../rule/value.ts";

/** Posted major units (129.5 or "129.50") as minor units; undefined when it is no amount, or finer than the currency. */
export function postedAmount(amount: unknown, currency: string): number | undefined {
  const isText = typeof amount === "string" && /^-?\d+(\.\d+)?$/.test(amount);
  if (typeof amount !== "number" && !isText) return undefined;
  return toMinor(Number(amount), digitsOf(currency));
}
