import { toMinor } from "../rule/value.ts";

const exponents = new Map<string, number>();

/** How many decimals a currency has: 2 for CNY, 0 for JPY. */
export function exponentOf(currency: string): number {
  let exponent = exponents.get(currency);
  if (exponent === undefined) {
    const format = new Intl.NumberFormat("en", { style: "currency", currency });
    exponent = format.resolvedOptions().maximumFractionDigits ?? 2;
    exponents.set(currency, exponent);
  }
  return exponent;
}

/** Posted major units (129.5 or "129.50") as minor units; undefined when it is no amount, or finer than the currency. */
export function postedAmount(amount: unknown, currency: string): number | undefined {
  const isText = typeof amount === "string" && /^-?\d+(\.\d+)?$/.test(amount);
  if (typeof amount !== "number" && !isText) return undefined;
  return toMinor(Number(amount), exponentOf(currency));
}
