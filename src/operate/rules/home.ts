import { join } from "node:path";
import { read } from "../../campaign/definition/faults.ts";
import { homeDefinition } from "../../campaign/definition/library/home.ts";
import type { Home } from "../../campaign/library.ts";
import { type Fault, InputError } from "../../fault.ts";
import { noRules, readJsonFile } from "./folder.ts";

/**
 * rules/home.json alone, for processes that need nothing else of the library: it costs them no templates, and a fault
 * elsewhere does not keep them from starting.
 * @throws InputError when it is not there or has faults: nobody shall take money in a currency that was not meant
 */
export async function loadHome(rulesDir: string): Promise<Home> {
  const faults: Fault[] = [];
  const file = await readJsonFile(join(rulesDir, "home.json"), faults);
  if (!file && faults.length === 0) throw noRules(rulesDir);
  const { value, faults: own } = file ? read(homeDefinition, file.json) : { value: undefined, faults: [] };
  faults.push(...own.map((fault) => ({ ...fault, ...(file && { file: file.file }) })));
  if (!value || faults.some((fault) => fault.severity === "error")) throw new InputError(faults);
  const { timezone, currency, locale, brand, shop, approval, schedules, keep } = value;
  return {
    ...{ timezone, currency, locale, brand },
    ...(shop !== undefined && { shop }),
    ...(approval && { approval }),
    ...(schedules && { schedules }),
    ...(keep && { keep }),
  };
}
