/**
 * A number in [0, 1) that depends on nothing but its arguments, so that a customer behaves the same however the run is
 * timed: FNV-1a over the text, finished with the mixing steps of MurmurHash3 (both public domain).
 */
export function draw(...key: (string | number)[]): number {
  const text = key.join("\u0000");
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** A whole number in [from, to]. */
export function drawInt(from: number, to: number, ...key: (string | number)[]): number {
  return from + Math.floor(draw(...key) * (to - from + 1));
}
