import { code, type Minute } from "../program.ts";

/** What was decided on one op of one member, and why. */
export interface Decision {
  /** code of OUTCOMES, or option(i) */
  outcome: number;
  /** most telling first; words and colons, never personal data */
  reasons: string[];
  value?: number;
}

export function decided(outcome: Parameters<typeof code>[0], value?: number, reasons: string[] = []): Decision {
  return { outcome: code(outcome), reasons, ...(value !== undefined && { value }) };
}

export function skipped(...reasons: string[]): Decision {
  return { outcome: code("skipped"), reasons };
}

/** Not now: to be asked again at minute `until`. */
export function deferred(until: Minute, ...reasons: string[]): Decision {
  return { outcome: code("deferred"), reasons, value: until };
}
