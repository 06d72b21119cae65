import { compileCampaign } from "../../src/campaign/compile/campaign.ts";
import type { Program } from "../../src/campaign/program.ts";
import { readLibrary } from "../../src/operate/rules/library.ts";

/** The reference campaign as the library has it. */
export async function referenceProgram(): Promise<Program> {
  const { library } = await readLibrary("rules");
  const { file, definition } = library.campaigns["winback-30"]!;
  const { program, faults } = compileCampaign(definition, library, file);
  if (!program) throw new Error(JSON.stringify(faults));
  return program;
}
