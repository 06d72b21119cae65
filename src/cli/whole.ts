import { InvalidArgumentError } from "commander";

/** Reads an option that is a whole number; anything else is a usage error before anything begins. */
export function whole(least: number, most = 1_000_000_000): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,10}$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`A whole number from ${least} to ${most} is wanted.`);
  };
}
