/** A number from 0 up to 1 that depends on nothing but its arguments, so that every variant meets the same customers. */
export function chance(what: number, member: number, day = 0): number {
  let hash = Math.imul(what + 1, 0x9e3779b1) ^ Math.imul(member + 1, 0x85ebca6b) ^ Math.imul(day + 1, 0xc2b2ae35);
  for (const shift of [15, 13, 16]) hash = Math.imul(hash ^ (hash >>> shift), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

const [BUYS, WHEN, CHECKS_IN] = [0, 1, 2];

/** Day of the challenge, from 1, on which a member buys; undefined: never. */
export function buysOn(member: number, days: number): number | undefined {
  return chance(BUYS, member) < 0.12 ? 1 + Math.floor(chance(WHEN, member) * days) : undefined;
}

export function checksIn(member: number, day: number): boolean {
  return chance(CHECKS_IN, member, day) < 0.7;
}
