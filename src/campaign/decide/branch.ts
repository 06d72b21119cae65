import { option } from "../program.ts";
import { type Decision, decided } from "./decision.ts";

/** The first case that holds. */
export function decideBranch(cases: (() => boolean)[]): Decision {
  const chosen = cases.findIndex((holds) => holds());
  return chosen < 0 ? decided("no") : { outcome: option(chosen), reasons: [] };
}
