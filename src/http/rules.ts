import type { Library } from "../campaign/library.ts";
import type { Scoring } from "../campaign/scoring.ts";
import type { Fault } from "../fault.ts";
import { readLibrary } from "../operate/rules/library.ts";
import { readScoring } from "../operate/score/scoring.ts";
import { openGather } from "./gather.ts";

/** rules/ as it was after somebody asked for it. */
export interface RulesRead {
  library: Library;
  /** of everything but scoring and campaigns */
  faults: Fault[];
  scoring: Scoring;
  scoringFaults: Fault[];
}

/** Reads the folder anew whenever it is asked for; those who ask during a reading share the next one. */
export function openRules(folder: string): () => Promise<RulesRead> {
  const ask = openGather<null, RulesRead>(async (keys) => {
    const { library, faults } = await readLibrary(folder);
    const { scoring, faults: scoringFaults } = await readScoring(folder, library);
    return keys.map(() => ({ library, faults, scoring, scoringFaults }));
  });
  return () => ask(null);
}
