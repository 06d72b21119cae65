import { digitsOf } from "../campaign/currency.ts";

const money = new Map<string, { format: Intl.NumberFormat; unit: number }>();
const days = new Map<string, Intl.DateTimeFormat>();

/** "¥1,234.50", "¥100": cents only where there are any. `minor` is in minor units. */
export function formatMoney(minor: number, currency: string, locale: string): string {
  const key = `${locale} ${currency}`;
  let known = money.get(key);
  if (!known) {
    const options = {
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
      trailingZeroDisplay: "stripIfInteger",
    };
    known = {
      format: new Intl.NumberFormat(locale, options as Intl.NumberFormatOptions),
      unit: 10 ** digitsOf(currency),
    };
    money.set(key, known);
  }
  return known.format.format(minor / known.unit);
}

/** "8 June 2026", "2026年6月8日": the day in that zone. */
export function formatDay(at: Date, zone: string, locale: string): string {
  const key = `${locale} ${zone}`;
  let format = days.get(key);
  if (!format) {
    if (days.size > 1_000) days.clear();
    const language = locale === "en" ? "en-GB" : locale;
    days.set(key, (format = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: zone })));
  }
  return format.format(at);
}

/** "2026-06-08" likewise. */
export function formatDate(day: string, locale: string): string {
  return formatDay(new Date(`${day}T12:00:00Z`), "UTC", locale);
}
