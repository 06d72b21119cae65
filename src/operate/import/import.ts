import { basename, resolve } from "node:path";
import { InputError, refuse } from "../../fault.ts";
import { now } from "../../store/clock.ts";
import { touchDataSource } from "../../store/data-source.ts";
import type { DatabaseOptions } from "../../store/database.ts";
import { analyzeImported, insertImport, MERGES } from "../../store/import.ts";
import { importSession } from "../../store/import/session.ts";
import { createStaging, type Merged } from "../../store/import/staging.ts";
import type { Rejected } from "./convert.ts";
import type { Home } from "./home.ts";
import type { Overrides } from "./headers.ts";
import { KINDS, type KindName } from "./kind/kinds.ts";
import { type Counted, type FileFacts, Reading } from "./reading.ts";
import { openRejects, type Rejects } from "./rejects.ts";
import { openTable } from "./table/open.ts";
import { trouble } from "../../intake/value/trouble.ts";

export interface ImportOptions {
  what: KindName;
  file: string;
  overrides: Overrides;
  /** where the list of rejected lines goes; beside the file when left out */
  rejects?: string;
  /** does everything and keeps nothing */
  dryRun: boolean;
  locale: "en" | "zh-CN";
}

export interface ImportSummary extends Counted, Omit<Merged, "dangling"> {
  what: KindName;
  file: string;
  dryRun: boolean;
  facts: FileFacts;
  /** path of the list of rejected lines */
  rejects: string | null;
  seconds: number;
}

export interface Progress {
  facts(facts: FileFacts): void;
  reading(counted: Counted, share: number): void;
  storing(): void;
  /** lines that were left out, as they turn up */
  rejected?(lines: Rejected[]): void;
}

/**
 * Imports a file in one transaction: all of its acceptable lines, or, when anything fails, nothing.
 * @throws InputError when the file as a whole cannot be used, or none of its lines can
 */
export async function importFile(
  database: DatabaseOptions,
  home: Home,
  options: ImportOptions,
  progress: Progress,
): Promise<ImportSummary> {
  const started = Date.now();
  const { what, file, dryRun } = options;
  if (what === "events" && home.faults.length > 0) throw new InputError(home.faults);
  const path = options.rejects ?? `${file}.rejects.csv`;
  if (resolve(path) === resolve(file))
    throw refuse("--rejects", { en: "this is the file to import", "zh-CN": "这是要导入的文件本身" });
  const reading = await Reading.open(await openTable(file), file, KINDS[what], home, options.overrides);
  progress.facts(reading.facts);
  const list = openRejects(path, options.rejects === undefined, options.locale);
  const rejects: Rejects = {
    ...list,
    add(lines) {
      progress.rejected?.(lines);
      return list.add(lines);
    },
  };
  try {
    const merged = await importSession(database, async ({ tx, copy }) => {
      const columns = await createStaging(tx, what);
      const at = await now(tx);
      await copy(
        "import_rows",
        columns,
        reading.staged(rejects, at, (share) => progress.reading(reading.counted, share)),
      );
      progress.storing();
      const result = await MERGES[what](tx, at);
      await reading.rejectLater(rejects, result.dangling, DANGLING);
      await rejects.settle();
      const { accepted, rejected } = reading.counted;
      if (accepted > 0) {
        await touchDataSource(tx, what, accepted, at);
        await insertImport(tx, { what, file: basename(file), accepted, rejected, at });
        if (!dryRun) await analyzeImported(tx, what);
      }
      return { commit: accepted > 0 && !dryRun, result };
    });
    const written = await rejects.finish();
    if (reading.counted.accepted === 0) throw nothingAccepted(file, reading.counted, written);
    const { dangling: _, ...counts } = merged;
    return {
      what,
      file,
      dryRun,
      facts: reading.facts,
      ...reading.counted,
      ...counts,
      rejects: written ?? null,
      seconds: (Date.now() - started) / 1000,
    };
  } catch (error) {
    await rejects.discard();
    throw error;
  }
}

const DANGLING = {
  field: "order_id",
  trouble: trouble("there is no such order", "没有这个订单", { en: "import orders first", "zh-CN": "请先导入订单" }),
};

function nothingAccepted(file: string, { lines }: Counted, rejects: string | undefined): Error {
  if (lines === 0)
    return refuse(file, { en: "the file has no lines below its header", "zh-CN": "文件在表头之下没有数据" });
  return refuse(
    file,
    {
      en: `none of ${lines} lines could be taken; nothing was stored`,
      "zh-CN": `${lines} 行均无法导入，未保存任何数据`,
    },
    rejects === undefined ? undefined : { en: `see ${rejects}`, "zh-CN": `详见 ${rejects}` },
  );
}
