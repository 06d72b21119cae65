import { InvalidArgumentError } from "commander";

/** Collects options of the form name=value that may be given several times. */
export function assignments(written: string, before: Record<string, string> = {}): Record<string, string> {
  const at = written.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("write it as name=value");
  return { ...before, [written.slice(0, at)]: written.slice(at + 1) };
}
