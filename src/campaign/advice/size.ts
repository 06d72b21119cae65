import type { Advised } from "./advice.ts";

/** How many a launch enrols at most; undefined when only the base can tell. */
export function sizeOf({ program, library }: Advised): { treated: number; holdout: number } | undefined {
  const { limit, list, holdout: share } = program.audience;
  const named = list === undefined ? undefined : library.lists[list]?.customers.length;
  if (limit === undefined && named === undefined) return undefined;
  const size = Math.min(limit ?? Infinity, named ?? Infinity);
  // decimals as written: 0.1 of 70 is 7, whatever binary says
  const holdout = Math.floor(Number((size * share).toFixed(6)));
  return { treated: size - holdout, holdout };
}
