/** An amount, in minor units; tells itself from a number, so that a literal beside it is one of major units. */
export class Money {
  readonly minor: number;
  constructor(minor: number) {
    this.minor = minor;
  }
}
/** null = missing */
export type Found = boolean | number | string | string[] | Money | null;

const FRACTION = 10n ** 15n;

/** A decimal number times 10^15, exactly; digits behind the fifteenth are rounded. */
export function scaled(number: number): bigint {
  const [digits, exponent = "0"] = number.toExponential().split("e");
  const [whole = "0", part = ""] = digits!.replace("-", "").split(".");
  const shift = 15 + Number(exponent) - part.length;
  const all = BigInt(whole + part);
  const size = shift >= 0 ? all * 10n ** BigInt(shift) : halfUp(all, 10n ** BigInt(-shift));
  return number < 0 ? -size : size;
}

function halfUp(above: bigint, below: bigint): bigint {
  return (above + below / 2n) / below;
}

/** above ÷ below as the nearest double, give or take the last bit. */
export function quotient(above: bigint, below: bigint): number {
  const negative = above < 0n;
  const size = ((negative ? -above : above) * 10n ** 25n) / below;
  const text = size.toString().padStart(26, "0");
  return Number(`${negative ? "-" : ""}${text.slice(0, -25)}.${text.slice(-25)}`);
}

/** Sum, average, least, greatest of exact decimals; undefined when there is none (0 for a sum). */
export function summedUp(aggregate: string, values: bigint[]): number | null {
  if (aggregate === "sum") {
    const sum = values.reduce((total, each) => total + each, 0n);
    return quotient(sum, FRACTION);
  }
  if (values.length === 0) return null;
  switch (aggregate) {
    case "avg":
      return quotient(
        values.reduce((total, each) => total + each, 0n),
        FRACTION * BigInt(values.length),
      );
    case "min":
      return quotient(
        values.reduce((least, each) => (each < least ? each : least)),
        FRACTION,
      );
    default:
      return quotient(
        values.reduce((most, each) => (each > most ? each : most)),
        FRACTION,
      );
  }
}
