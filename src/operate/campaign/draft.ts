import type { Library } from "../../campaign/library.ts";
import type { Program } from "../../campaign/program.ts";
import type { Fault } from "../../fault.ts";
import type { Database } from "../../store/database.ts";
import { loadDocument } from "../../store/document.ts";
import { compileFrom, compilePosted } from "./apply.ts";
import { showCampaign } from "./campaign.ts";
import { readLibrary } from "../rules/library.ts";

/** Which form of a campaign is meant: one that is posted, the file in rules/, or else what is applied. */
export interface DraftOptions {
  definition?: unknown;
  from?: "rules" | "applied";
}

export interface Draft {
  program: Program;
  /** of rules/ as it is now */
  lists: Library["lists"];
  warnings: Fault[];
}

/** @throws InputError when there is no such campaign, or it has faults */
export async function loadDraft(db: Database, rulesDir: string, id: string, options: DraftOptions): Promise<Draft> {
  const { definition, from = "applied" } = options;
  if (definition === undefined && from === "applied") {
    const { campaign } = await showCampaign(db, id);
    const { library } = await readLibrary(rulesDir);
    return { program: await loadDocument<Program>(db, campaign.program), lists: library.lists, warnings: [] };
  }
  const { program, library, warnings } =
    definition === undefined ? await compileFrom(rulesDir, id) : await compilePosted(rulesDir, definition, id);
  return { program, lists: library.lists, warnings };
}
