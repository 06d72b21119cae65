/** From here on Stirling's series is exact to a double's last digits. */
const FAR = 10;
const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);
/** B₂ₖ / (2k (2k − 1)), k = 1 … 7 */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];

/**
 * ln Γ(x) for x > 0: Stirling's series far out, to which smaller arguments are moved by Γ(x) = Γ(x + 1) / x.
 * Abramowitz & Stegun 6.1.41.
 */
export function logGamma(x: number): number {
  let product = 1;
  let far = x;
  while (far < FAR) product *= far++;
  const inverse = 1 / far;
  const square = inverse * inverse;
  const series = STIRLING.reduceRight((sum, coefficient) => sum * square + coefficient, 0) * inverse;
  return (far - 0.5) * Math.log(far) - far + HALF_LOG_TWO_PI + series - Math.log(product);
}
