import type { Library } from "../../campaign/library.ts";

export type Shown = Pick<Library, "home" | "catalogue">;

/** Minor units as "1,234.50 CNY"; nothing is a dash. */
export function money(minor: number | null, { home, catalogue }: Shown): string {
  if (minor === null) return "–";
  const { exponent } = catalogue;
  const amount = (minor / 10 ** exponent).toLocaleString("en", {
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  });
  return `${amount} ${home.currency}`;
}

export function decimals(value: number | null, digits: number): string {
  return value === null ? "–" : value.toLocaleString("en", { maximumFractionDigits: digits });
}
