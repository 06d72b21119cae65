import type { Fault } from "../../fault.ts";
import type { Library } from "../library.ts";
import type { Program, Rule } from "../program.ts";
import type { Way } from "./way.ts";

/** A campaign without faults, as its author wrote it and as it was compiled. */
export interface Advised {
  definition: Record<string, unknown>;
  program: Program;
  library: Library;
  /** every rule of the file, by the very object that stands there */
  rules: ReadonlyMap<unknown, Rule>;
  way: Way;
}

/** One thing that is allowed and seldom meant, said with its reason. */
export type Advice = (campaign: Advised) => Fault[];
