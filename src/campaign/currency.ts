const known = new Map<string, number>();

/** Decimal places of a currency's amounts: 2 for CNY, 0 for JPY. */
export function digitsOf(currency: string): number {
  const digits = known.get(currency) ?? lookUp(currency);
  // asked for every order; asking Intl costs more than reading the order
  if (known.size < 1_000) known.set(currency, digits);
  return digits;
}

function lookUp(currency: string): number {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}
