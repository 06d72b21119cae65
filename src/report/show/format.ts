import type { Text } from "../../campaign/program.ts";
import { type Ratio, ratioOf, toDecimal } from "../../stats/ratio.ts";

export type Language = keyof Text;

/** How figures are written in one language, currency and zone. Fractions are rounded here and nowhere before. */
export interface Format {
  language: Language;
  count: (value: number) => string;
  /** minor units, exact or as a fraction of them */
  money: (minor: number | Ratio) => string;
  /** a share of 1: "12.5%" */
  percent: (share: number | Ratio) => string;
  /** difference of two shares in percentage points, with its sign */
  points: (share: number | Ratio) => string;
  rating: (value: number | Ratio) => string;
  /** with its sign, also for a value above 0 */
  signed: (value: Ratio, write: (value: Ratio) => string) => string;
  /** "2026-04-16" */
  date: (iso: string) => string;
  /** date and time in the campaign's zone */
  moment: (iso: string) => string;
}

export function formatFor(language: Language, currency: string, timezone: string): Format {
  const whole = new Intl.NumberFormat(language);
  const cash = new Intl.NumberFormat(language, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
  const exponent = cash.resolvedOptions().maximumFractionDigits ?? 2;
  const share = new Intl.NumberFormat(language, {
    style: "percent",
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  const two = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const one = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(language, { timeZone: "UTC", year: "numeric", month: "short", day: "numeric" });
  const moment = new Intl.DateTimeFormat(language, {
    timeZone: timezone,
    dateStyle: "medium",
    timeStyle: "short",
    hourCycle: "h23",
  });
  const hundredfold = (ratio: Ratio) => ({ numerator: ratio.numerator * 100n, denominator: ratio.denominator });
  const signed: Format["signed"] = (value, write) => {
    if (value.numerator > 0n) return `+${write(value)}`;
    return value.numerator < 0n ? `−${write({ ...value, numerator: -value.numerator })}` : write(value);
  };
  return {
    language,
    count: (value) => whole.format(value),
    money: (minor) => {
      const ratio = exact(minor);
      const major = toDecimal({ ...ratio, denominator: ratio.denominator * 10n ** BigInt(exponent) }, exponent);
      return cash.format(major).replace("-", "−");
    },
    percent: (value) => share.format(toDecimal(exact(value), 3)),
    points: (value) =>
      signed(
        exact(value),
        (ratio) => `${one.format(toDecimal(hundredfold(ratio), 1))}${language === "en" ? " pp" : " 个百分点"}`,
      ),
    rating: (value) => two.format(toDecimal(exact(value), 2)),
    signed,
    date: (iso) => day.format(new Date(iso)),
    moment: (iso) => moment.format(new Date(iso)),
  };
}

function exact(value: number | Ratio): Ratio {
  return typeof value === "number" ? ratioOf(value) : value;
}
