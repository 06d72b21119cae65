import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import type { CustomerList } from "../../campaign/library.ts";
import { error, type Fault, InputError } from "../../fault.ts";
import { bare } from "../../intake/value/bare.ts";
import { CUSTOMER_ID } from "../import/kind/customers.ts";
import { openTable } from "../import/table/open.ts";
import { shown } from "./folder.ts";

const ENDINGS = [".csv", ".txt", ".xlsx"];
/** Whoever picks more than this by hand means a segment. */
const MOST = 100_000;

/**
 * Files of rules/lists, as a spreadsheet or an editor saves them: customer_ids in the column that is called so, or else in
 * the first one. Lines that begin with # are remarks.
 */
export async function readLists(
  folder: string,
  faults: Fault[],
): Promise<{ values: Record<string, CustomerList>; broken: string[] }> {
  const values: Record<string, CustomerList> = Object.create(null);
  const broken: string[] = [];
  for (const file of await listFiles(folder)) {
    const name = file.slice(0, -extname(file).length);
    const path = shown(join(folder, file));
    const own: Fault[] = [];
    const customers = await readCustomers(join(folder, file), own);
    if (name in values || broken.includes(name)) own.push(twice(name));
    faults.push(...own.map((fault) => ({ ...fault, file: path })));
    if (own.length === 0) values[name] = { file: path, customers };
    else {
      delete values[name];
      broken.push(name);
    }
  }
  return { values, broken };
}

async function listFiles(folder: string): Promise<string[]> {
  try {
    const files = await readdir(folder);
    return files.filter((name) => ENDINGS.includes(extname(name).toLowerCase()) && !/^[.~]/.test(name)).sort();
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw failure;
  }
}

async function readCustomers(path: string, faults: Fault[]): Promise<string[]> {
  const found = new Set<string>();
  try {
    let column: number | undefined;
    for await (const rows of (await openTable(path)).rows) {
      for (const { cells } of rows) {
        const texts = cells.map((cell) =>
          typeof cell === "string" || typeof cell === "number" ? String(cell).trim() : "",
        );
        if (texts[0]!.startsWith("#")) continue;
        if (column === undefined) {
          const named = texts.findIndex(isHeader);
          column = Math.max(0, named);
          if (named >= 0) continue;
        }
        const id = texts[column];
        if (id) found.add(id);
      }
    }
  } catch (failure) {
    if (!(failure instanceof InputError)) throw failure;
    faults.push(...failure.faults);
    return [];
  }
  if (found.size === 0) faults.push(error("", { en: "nobody is on the list", "zh-CN": "名单为空" }));
  if (found.size > MOST) {
    faults.push(
      error("", {
        en: `${found.size} customers; a list holds at most ${MOST}: describe so many as a segment`,
        "zh-CN": `共 ${found.size} 位客户，名单最多 ${MOST} 位；更多客户请写成人群规则`,
      }),
    );
  }
  return [...found];
}

const HEADERS = new Set([CUSTOMER_ID.name, ...CUSTOMER_ID.headers].map(bare));

function isHeader(text: string): boolean {
  return HEADERS.has(bare(text));
}

function twice(name: string): Fault {
  return error("", {
    en: `there are two files for the list "${name}"`,
    "zh-CN": `名单 "${name}" 有两个文件`,
  });
}
