import { sql } from "kysely";
import { compileCampaign } from "../../campaign/compile/campaign.ts";
import type { Library } from "../../campaign/library.ts";
import type { Program } from "../../campaign/program.ts";
import { error, type Fault, InputError, nearest, refuse } from "../../fault.ts";
import { type AppliedProgram, findApplied, loadDefinition, lockApplied, saveApplied } from "../../store/campaign.ts";
import { now } from "../../store/clock.ts";
import { type Database, transaction, type Tx } from "../../store/database.ts";
import { hashOf, saveDocument } from "../../store/document.ts";
import { listFault, lookAtLists } from "../rules/list-look.ts";
import { followApplied } from "../schedule/campaign-schedule.ts";
import { readLibrary } from "../rules/library.ts";
import { campaignFaults } from "./validate.ts";

export interface Applied {
  campaign: string;
  /** hash of the program that runs will be launched with */
  program: string;
  /** the same program was applied before */
  unchanged: boolean;
  /** it may be launched; else somebody has to approve it first */
  approved: boolean;
  /** hash of the definition, that says whether somebody else has changed it meanwhile */
  definition: string;
  /** things that are allowed but probably not meant */
  warnings: Fault[];
}

/**
 * Makes a campaign of rules/ the one that runs are launched with: its program and templates are stored by hash.
 * @param by who applies it, and approves it unless rules/home.json wants somebody else to
 * @throws InputError with every fault; then nothing is stored
 */
export async function applyCampaign(db: Database, rulesDir: string, id: string, by: string): Promise<Applied> {
  const compiled = await compileFrom(rulesDir, id);
  return storeCampaign(db, id, { ...compiled, definition: compiled.library.campaigns[id]!.definition }, { by });
}

export interface ApplyOptions {
  /** who applies it, and approves it unless rules/home.json wants somebody else to */
  by: string;
  /**
   * Looked at while nobody else can apply: hash of the definition that is applied, undefined when none is. What it throws
   * keeps all from being stored.
   */
  expect?: (before: string | undefined) => void;
}

/** Makes a posted campaign the one that runs are launched with; otherwise as `applyCampaign`. */
export async function applyDefinition(
  db: Database,
  rulesDir: string,
  id: string,
  definition: unknown,
  by: string | ApplyOptions,
): Promise<Applied> {
  const compiled = await compilePosted(rulesDir, definition, id);
  return storeCampaign(db, id, { ...compiled, definition }, typeof by === "string" ? { by } : by);
}

async function storeCampaign(
  db: Database,
  id: string,
  { program, library, warnings, definition }: CompiledCampaign & { definition: unknown },
  { by, expect }: ApplyOptions,
): Promise<Applied> {
  const lists = (await lookAtLists(db, program, library.lists)).flatMap((look) => listFault(look, library.lists));
  return transaction(db, async (tx) => {
    const at = await now(tx);
    for (const name of Object.keys(program.templates)) {
      await saveDocument(tx, "template", library.templates[name]!.document, at);
    }
    // two who apply the same new campaign at once wait for one another
    await sql`select pg_advisory_xact_lock(hashtextextended(${`${APPLYING}/${id}`}, 0))`.execute(tx);
    const hash = await saveDocument(tx, "program", program, at);
    const before = await lockApplied(tx, id);
    expect?.((await loadDefinition(tx, id))?.hash);
    const unchanged = before?.program === hash;
    const own = { approved: at, approvedBy: by, appliedBy: (unchanged && before.appliedBy) || by };
    const approval = library.home.approval === "by-another" ? await otherApproval(tx, id, hash, own.appliedBy) : own;
    await saveApplied(tx, id, definition, { ...approval, program: hash, applied: at });
    await followApplied(tx, id, program, at);
    return {
      ...{ campaign: id, program: hash, unchanged },
      approved: approval.approved !== null,
      definition: hashOf(definition),
      warnings: [...warnings, ...lists],
    };
  });
}

const APPLYING = "apply";

type Approval = Pick<AppliedProgram, "approved" | "approvedBy" | "appliedBy">;

/** Where another must approve, only such an approval of the very same program counts. */
async function otherApproval(tx: Tx, campaign: string, program: string, appliedBy: string): Promise<Approval> {
  const before = await findApplied(tx, campaign, program);
  if (!before?.approved || before.approvedBy === before.appliedBy) {
    return { approved: null, approvedBy: null, appliedBy };
  }
  return before;
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
