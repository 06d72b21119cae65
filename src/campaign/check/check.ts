import type { Fault } from "../../fault.ts";
import type { Library } from "../library.ts";

/**
 * What no single field can know. Checks read the file as it stands, tolerantly, so that they say their part also when
 * other parts of it are wrong.
 */
export type Check = (definition: Record<string, unknown>, library: Library) => Fault[];
