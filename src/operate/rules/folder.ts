import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { error, type Fault, type InputError, refuse } from "../../fault.ts";

export interface JsonFile {
  /** file name without .json */
  name: string;
  /** as faults show it: relative to where the reader stands */
  file: string;
  json: unknown;
}

export function shown(path: string): string {
  return relative(process.cwd(), path) || ".";
}

/** Names of the files in a folder that end so, sorted; none when there is no such folder. */
export async function filesIn(folder: string, ending: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(ending) && !name.startsWith(".")).sort();
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw failure;
  }
}

/** All JSON files of a folder; those that are not JSON become faults. */
export async function readJsonFolder(folder: string, faults: Fault[]): Promise<JsonFile[]> {
  const names = await filesIn(folder, ".json");
  const files = await Promise.all(names.map((name) => readJsonFile(join(folder, name), faults)));
  return files.filter((file) => file !== undefined);
}

/** @returns undefined when there is no such file, or (with a fault) when it is not JSON */
export async function readJsonFile(path: string, faults: Fault[]): Promise<JsonFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw failure;
  }
  try {
    const name = path.replace(/^.*[/\\]/, "").replace(/\.json$/, "");
    return { name, file: shown(path), json: JSON.parse(text.replace(/^\uFEFF/, "")) };
  } catch (failure) {
    faults.push({ ...notJson(text, (failure as Error).message), file: shown(path) });
    return undefined;
  }
}

function notJson(text: string, message: string): Fault {
  const what = message.replace(/,? (\.\.\.)?".*$/s, "").replace(/ in JSON at position.*$/s, "");
  return error(`line ${lineOf(text, message)}`, { en: `is not JSON: ${what}`, "zh-CN": `不是合法的 JSON：${what}` });
}

/** Node says where by a position or by the piece of text around it. */
function lineOf(text: string, message: string): number {
  const position = /at position (\d+)/.exec(message);
  const piece = /"(.*)"\.{0,3} is not valid JSON$/s.exec(message)?.[1];
  const found = piece === undefined ? -1 : text.indexOf(piece.replaceAll("...", ""));
  const until = position ? Number(position[1]) : found >= 0 ? found : text.trimEnd().length;
  return text.slice(0, until).split("\n").length;
}

/** For commands that cannot do anything without rules. */
export function noRules(rules: string): InputError {
  return refuse(
    shown(rules),
    { en: "is not a folder of rules: there is no home.json", "zh-CN": "不是规则目录：缺少 home.json" },
    {
      en: "set REKINDLE_RULES, or go to the folder that holds rules/",
      "zh-CN": "请设置 REKINDLE_RULES，或切换到 rules/ 所在目录",
    },
  );
}

/** Without a prototype: no name is known by accident. */
export function byName<T>(entries: [string, T][]): Record<string, T> {
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}
