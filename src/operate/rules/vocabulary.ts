import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { read } from "../../campaign/definition/faults.ts";
import { type Fault, InputError } from "../../fault.ts";
import type { Vocabulary } from "../../intake/vocabulary.ts";
import { traitsDefinition } from "../../rule/definition.ts";
import { eventTypesOf } from "./event-types.ts";
import { readJsonFile, readJsonFolder } from "./folder.ts";

/**
 * rules/events/ and traits.json alone, for processes that take in events: a fault elsewhere does not keep them from it.
 * @throws InputError when these have faults: an order must not be let in as something else
 */
export async function loadVocabulary(rulesDir: string, home: { currency: string }): Promise<Vocabulary> {
  const faults: Fault[] = [];
  const { names, checks } = eventTypesOf(await readJsonFolder(join(rulesDir, "events"), faults), faults);
  const file = await readJsonFile(join(rulesDir, "traits.json"), faults);
  const { value: traits = {}, faults: wrong } = file ? read(traitsDefinition, file.json) : { faults: [] };
  faults.push(...wrong.map((fault) => ({ ...fault, file: file!.file })));
  const errors = faults.filter((fault) => fault.severity === "error");
  if (errors.length > 0) throw new InputError(errors);
  const types = Object.entries(traits).map(([name, { type, label }]) => [name, { type, labels: Object.values(label) }]);
  return { currency: home.currency, names, checks, traits: Object.fromEntries(types) };
}

export interface FollowedVocabulary {
  /** as the files were when they were last right */
  now(): Vocabulary;
  close(): void;
}

const LOOK_MS = 2_000;

/**
 * The vocabulary of a process that runs on while people edit rules/: a change is taken in within seconds, one with
 * faults not until they are mended.
 * @param onFaults is told of them once per change
 */
export async function followVocabulary(
  rulesDir: string,
  home: { currency: string },
  onFaults: (faults: Fault[]) => void,
  lookMs = LOOK_MS,
): Promise<FollowedVocabulary> {
  let seen = await stamp(rulesDir);
  let current = await loadVocabulary(rulesDir, home);
  let looking = false;
  async function look(): Promise<void> {
    const stamped = await stamp(rulesDir);
    if (stamped === seen) return;
    seen = stamped;
    try {
      current = await loadVocabulary(rulesDir, home);
    } catch (failure) {
      if (!(failure instanceof InputError)) throw failure;
      onFaults(failure.faults);
    }
  }
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    // a folder that is being replaced is looked at again
    void look()
      .catch(() => (seen = ""))
      .finally(() => (looking = false));
  }, lookMs);
  timer.unref();
  return { now: () => current, close: () => clearInterval(timer) };
}

/** Changes whenever one of the files does. */
async function stamp(rulesDir: string): Promise<string> {
  const folder = join(rulesDir, "events");
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json")).sort();
  const paths = [join(rulesDir, "traits.json"), ...names.map((name) => join(folder, name))];
  const stamps = await Promise.all(
    paths.map(async (path) => {
      const found = await stat(path, { bigint: true }).catch(() => undefined);
      return `${path} ${found?.mtimeNs} ${found?.size} ${found?.ino}`;
    }),
  );
  return stamps.join("\n");
}
