import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { compileCampaign } from "../../campaign/compile/campaign.ts";
import { read } from "../../campaign/definition/faults.ts";
import type { Library } from "../../campaign/library.ts";
import { type Fault, refuse } from "../../fault.ts";
import { segmentDefinition } from "../../rule/definition.ts";
import { parseRule } from "../../rule/parse.ts";
import { misnamed, readLibrary } from "../rules/library.ts";
import { filesIn, readJsonFile } from "../rules/folder.ts";
import { readScoring } from "../score/scoring.ts";

export interface Validated {
  /** how many files were read */
  files: number;
  faults: Fault[];
}

/**
 * Every fault of rules/, or of the files and folders named. A file outside rules/ (a draft) is read as what it looks
 * like, against the library.
 * @throws InputError when a path does not exist
 */
export async function validate(rulesDir: string, paths: readonly string[] = []): Promise<Validated> {
  const { library, faults } = await readLibrary(rulesDir);
  for (const [name, { file, definition }] of Object.entries(library.campaigns)) {
    faults.push(...campaignFaults(name, file, definition, library));
  }
  faults.push(...(await readScoring(rulesDir, library)).faults);
  if (paths.length === 0) return { files: await countFiles(rulesDir), faults };
  const validated: Validated = { files: 0, faults: [] };
  for (const path of paths) {
    const kind = await kindOf(path);
    const inside = within(path, rulesDir);
    if (inside || within(rulesDir, path)) {
      validated.files += kind === "folder" ? await countFiles(inside ? path : rulesDir) : 1;
      validated.faults.push(...faults.filter((fault) => fault.file !== undefined && within(fault.file, path)));
    } else {
      const drafts = kind === "folder" ? (await filesIn(path, ".json")).map((name) => join(path, name)) : [path];
      validated.files += drafts.length;
      for (const draft of drafts) validated.faults.push(...(await draftFaults(draft, library)));
    }
  }
  return validated;
}

/** @returns every fault of one campaign of the library, its file's name included */
export function campaignFaults(name: string, file: string, definition: unknown, library: Library): Fault[] {
  const faults = compileCampaign(definition, library, file).faults;
  const id = (definition as { id?: unknown } | null)?.id;
  if (typeof id === "string" && id !== name) faults.push({ ...misnamed(id, name), file });
  return faults;
}

async function draftFaults(path: string, library: Library): Promise<Fault[]> {
  const faults: Fault[] = [];
  const draft = await readJsonFile(path, faults);
  if (!draft) return faults;
  const { file, json } = draft;
  if (basename(dirname(resolve(path))) !== "segments" && !(isRecord(json) && "rule" in json && !("journey" in json))) {
    return compileCampaign(json, library, file).faults;
  }
  faults.push(...read(segmentDefinition, json).faults);
  const rule = isRecord(json) ? json.rule : undefined;
  if (rule !== undefined) faults.push(...parseRule(rule, { pointer: "/rule", catalogue: library.catalogue }).faults);
  return faults.map((fault) => ({ ...fault, file }));
}

async function kindOf(path: string): Promise<"file" | "folder"> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch {
    throw refuse(path, { en: "there is no such file or folder", "zh-CN": "没有这个文件或目录" });
  }
}

async function countFiles(folder: string): Promise<number> {
  const parts = ["", "campaigns", "segments", "coupons", "gifts", "events", "scripts", "templates"].map((name) =>
    join(folder, name),
  );
  const found = await Promise.all(
    parts.flatMap((part) => [".json", ".mjml", ".md"].map((ending) => filesIn(part, ending))),
  );
  return found.flat().length;
}

function within(path: string, folder: string): boolean {
  const [inner, outer] = [resolve(path), resolve(folder)];
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
