import { sql } from "kysely";
import { compileCampaign } from "../campaign/compile/campaign.ts";
import type { Library } from "../campaign/library.ts";
import type { Program } from "../campaign/program.ts";
import { error, type Fault, InputError, nearest, refuse } from "../fault.ts";
import { now } from "../store/clock.ts";
import { type Database, transaction } from "../store/database.ts";
import { saveDocument } from "../store/document.ts";
import { listFault, lookAtLists } from "./list-look.ts";
import { followApplied } from "./campaign-schedule.ts";
import { readLibrary } from "./library.ts";
import { campaignFaults } from "./validate.ts";

export interface Applied {
  campaign: string;
  /** hash of the program that runs will be launched with */
  program: string;
  /** the same program was applied before */
  unchanged: boolean;
  /** things that are allowed but probably not meant */
  warnings: Fault[];
}

/**
 * Makes a campaign of rules/ the one that runs are launched with: its program and templates are stored by hash.
 * @param by who approves it
 * @throws InputError with every fault; then nothing is stored
 */
export async function applyCampaign(db: Database, rulesDir: string, id: string, by: string): Promise<Applied> {
  return storeCampaign(db, id, await compileFrom(rulesDir, id), by);
}

/** Makes a posted campaign the one that runs are launched with; otherwise as `applyCampaign`. */
export async function applyDefinition(
  db: Database,
  rulesDir: string,
  id: string,
  definition: unknown,
  by: string,
): Promise<Applied> {
  return storeCampaign(db, id, await compilePosted(rulesDir, definition, id), by);
}

async function storeCampaign(db: Database, id: string, compiled: CompiledCampaign, by: string): Promise<Applied> {
  const { program, library, warnings } = compiled;
  const lists = (await lookAtLists(db, program, library.lists)).flatMap((look) => listFault(look, library.lists));
  return transaction(db, async (tx) => {
    const at = await now(tx);
    for (const name of Object.keys(program.templates)) {
      await saveDocument(tx, "template", library.templates[name]!.document, at);
    }
    const hash = await saveDocument(tx, "program", program, at);
    const { rows } = await sql<{ program: string }>`select program from campaigns where id = ${id} for update`.execute(
      tx,
    );
    await sql`
      insert into campaigns (id, program, applied_at, approved_at, approved_by) values (${id}, ${hash}, ${at}, ${at}, ${by})
      on conflict (id) do update set program = excluded.program, applied_at = excluded.applied_at,
        approved_at = excluded.approved_at, approved_by = excluded.approved_by`.execute(tx);
    await followApplied(tx, id, program, at);
    return { campaign: id, program: hash, unchanged: rows[0]?.program === hash, warnings: [...warnings, ...lists] };
  });
}

/** A campaign as a program, with the library it was compiled from. */
export interface CompiledCampaign {
  program: Program;
  library: Library;
  warnings: Fault[];
}

/**
 * A campaign that is in no file, compiled against rules/. Faults without a file are the campaign's own.
 * @param id what it is to be called; anything when left out
 * @throws InputError with every fault that keeps it from running
 */
export async function compilePosted(rulesDir: string, definition: unknown, id?: string): Promise<CompiledCampaign> {
  const { library, faults } = await readLibrary(rulesDir);
  const { program, faults: found } = compileCampaign(definition, library, "");
  const own = found.map(({ file: _, ...fault }): Fault => fault);
  const named = (definition as { id?: unknown } | null)?.id;
  if (id !== undefined && typeof named === "string" && named !== id) own.push(otherName(named, id));
  const errors = [...own, ...faults].filter((fault) => fault.severity === "error");
  const relevant = errors.filter((fault) => fault.file === undefined || !program || isShared(fault));
  if (!program || relevant.length > 0) throw new InputError(relevant);
  return { program, library, warnings: own.filter((fault) => fault.severity === "warning") };
}

function otherName(named: string, id: string): Fault {
  return error(
    "/id",
    { en: `"${named}" is not the id in the address`, "zh-CN": `"${named}" 与地址中的活动编号不一致` },
    {
      en: `write "${id}", or put it to the address of "${named}"`,
      "zh-CN": `请写成 "${id}"，或使用 "${named}" 的地址`,
    },
  );
}

/**
 * A campaign of rules/ as a program, with the library it was compiled from.
 * @throws InputError with every fault that keeps it from running
 */
export async function compileFrom(rulesDir: string, id: string): Promise<CompiledCampaign> {
  const { library, faults } = await readLibrary(rulesDir);
  const own = library.campaigns[id];
  if (!own) {
    const unreadable = faults.filter((fault) => fault.file?.endsWith(`campaigns/${id}.json`));
    if (unreadable.length > 0) throw new InputError(unreadable);
    throw refuse(
      id,
      { en: "there is no such campaign in rules/campaigns", "zh-CN": "rules/campaigns 中没有这个活动" },
      nearest(id, Object.keys(library.campaigns)),
    );
  }
  const { program } = compileCampaign(own.definition, library, own.file);
  const all = campaignFaults(id, own.file, own.definition, library);
  const errors = [...all, ...faults].filter((fault) => fault.severity === "error");
  // other files' faults matter when they shape this program, or say why it cannot be made
  const relevant = errors.filter((fault) => fault.file === own.file || !program || isShared(fault));
  if (!program || relevant.length > 0) throw new InputError(relevant);
  return { program, library, warnings: all.filter((fault) => fault.severity === "warning") };
}

const SHARED = /(^|[/\\])(home|policy|teams|traits)\.json$/;

function isShared(fault: Fault): boolean {
  return fault.file !== undefined && SHARED.test(fault.file);
}
