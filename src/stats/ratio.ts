/** A fraction of integers, so that a share or a cost is compared exactly and rounded only when it is shown. */
export interface Ratio {
  numerator: bigint;
  /** above 0 */
  denominator: bigint;
}

/**
 * The number an author wrote, as a fraction: 0.1 is one tenth here, not the nearest binary number.
 * @throws RangeError for NaN and infinities
 */
export function ratioOf(value: number): Ratio {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is no finite number`);
  const [digits, exponent = "0"] = String(value).split("e") as [string, string?];
  const [whole, fraction = ""] = digits.split(".") as [string, string?];
  const shift = Number(exponent) - fraction.length;
  const numerator = BigInt(whole + fraction);
  return shift >= 0
    ? { numerator: numerator * 10n ** BigInt(shift), denominator: 1n }
    : { numerator, denominator: 10n ** BigInt(-shift) };
}

/** Below, at or above: the sign of a − b. */
export function compare(a: Ratio, b: Ratio): -1 | 0 | 1 {
  const left = a.numerator * b.denominator;
  const right = b.numerator * a.denominator;
  return left < right ? -1 : left > right ? 1 : 0;
}

export function subtract(a: Ratio, b: Ratio): Ratio {
  return {
    numerator: a.numerator * b.denominator - b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

/** Decimal text with so many digits after the point; a tie goes to the even digit. */
export function toDecimal(ratio: Ratio, digits: number): `${number}` {
  const scaled = ratio.numerator * 10n ** BigInt(digits);
  const negative = scaled < 0n;
  const magnitude = negative ? -scaled : scaled;
  const rounded = halfEven(magnitude, ratio.denominator);
  const text = rounded.toString().padStart(digits + 1, "0");
  const point = text.length - digits;
  const plain = digits === 0 ? text : `${text.slice(0, point)}.${text.slice(point)}`;
  return (negative && rounded !== 0n ? `-${plain}` : plain) as `${number}`;
}

export function toNumber(ratio: Ratio): number {
  return Number(toDecimal(ratio, 12));
}

function halfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = 2n * (numerator - quotient * denominator);
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}
