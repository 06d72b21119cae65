import type { Value, Variable } from "../rule/ast.ts";

/**
 * A rule's `event.<path>` as found in an event's data. Money is posted in major units, as text or number, and comes back
 * in minor units by moving the point, without rounding. What is not there or does not fit is missing.
 * @param exponent decimal places of the currency
 */
export function eventValue(variable: Variable, data: Record<string, unknown>, exponent: number): Value {
  let found: unknown = data;
  for (const part of variable.name.split(".").slice(1)) {
    const inner = typeof found === "object" && found !== null && !Array.isArray(found) && Object.hasOwn(found, part);
    found = inner ? (found as Record<string, unknown>)[part] : undefined;
  }
  if (variable.type === "money") return minorUnits(found, exponent);
  if (Array.isArray(found)) return found.every((part) => typeof part === "string") ? found : null;
  return typeof found === "string" || typeof found === "number" || typeof found === "boolean" ? found : null;
}

function minorUnits(amount: unknown, exponent: number): number | null {
  const text = typeof amount === "number" ? String(amount) : typeof amount === "string" ? amount.trim() : "";
  const parts = /^(-?\d{1,15})(?:\.(\d+))?$/.exec(text);
  const decimals = parts?.[2]?.replace(/0+$/, "") ?? "";
  if (!parts || decimals.length > exponent) return null;
  const minor = Number(parts[1] + decimals.padEnd(exponent, "0"));
  return Number.isSafeInteger(minor) ? minor : null;
}
