/**
 * Does the differential test see a mistake? Each mutant is src/rule with one operator changed; a copy of it is imported
 * and judged by the same generated rules, base and reference as in forms.test.ts. Run by hand, as it takes minutes:
 *
 *   DATABASE_URL=… node --import tsx test/rule/mutants.ts [PART OF]     such as 1 4: the first quarter of the mutants
 *
 * Prints each mutant that nothing noticed, and how many were caught; left out are those of which mutations.ts says why they
 * cannot change an answer. Exit code 1 when one survived.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import fc from "../support/property.ts";
import { sql } from "kysely";
import type * as catalogues from "../../src/rule/catalogue.ts";
import { type Database, openDatabase } from "../../src/store/database.ts";
import { migrateDatabase } from "../../src/store/migrate.ts";
import { HOME } from "./support/base.ts";
import { answersOf, type Base, drawBases, type Language } from "./support/differential.ts";
import { harmless, type Mutant, mutantsOf } from "./support/mutations.ts";
import { EDGES, rules } from "./support/rules.ts";

const SCHEMA = "rule_mutants";
const CUSTOMERS = 60;
const BATCH = 20;
/** of each kind, as many as the suite runs */
const BATCHES = 24;
const KINDS = ["condition", "bounded", "worded", "number", "plain"] as const;
const root = fileURLToPath(new URL("../../", import.meta.url));

/** What computes: how a rule is refused, explained or described is no matter of a differential test. */
function sources(): string[] {
  const single = ["evaluate.ts", "value.ts", "window.ts", "anniversary.ts", "sql.ts"];
  const folder = readdirSync(join(root, "src/rule/sql")).filter((name) => name !== "measure.ts");
  return [...single, ...folder.toSorted().map((name) => `sql/${name}`)];
}

async function languageIn(folder: string): Promise<Language> {
  const load = async (name: string) => (await import(join(folder, "src/rule", name))) as never;
  const { buildCatalogue } = (await load("catalogue.ts")) as typeof catalogues;
  const parts = await Promise.all(["parse.ts", "ast.ts", "evaluate.ts", "sql.ts"].map(load));
  return Object.assign({ catalogue: buildCatalogue(HOME) }, ...parts) as Language;
}

/** Imports need a path of their own for each copy; packages are found through the link. */
function copyWith(folder: string, { file, text }: { file: string; text: string }): void {
  mkdirSync(join(folder, "src"), { recursive: true });
  cpSync(join(root, "src/rule"), join(folder, "src/rule"), { recursive: true });
  cpSync(join(root, "src/fault.ts"), join(folder, "src/fault.ts"));
  cpSync(join(root, "package.json"), join(folder, "package.json"));
  cpSync(join(root, "tsconfig.json"), join(folder, "tsconfig.json"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "src/rule", file), text);
}

/** How many batches it took to notice the mistake; undefined when all of them passed. */
async function noticedAfter(language: Language, db: Database, bases: Base[]): Promise<number | undefined> {
  const asked = [
    ...BATCHED.flatMap((batch, n) =>
      KINDS.map((kind) => ({ kind, jsons: batch[kind], base: bases[n % bases.length]! })),
    ),
    ...bases.map((base) => ({ kind: "condition" as const, jsons: EDGES, base })),
  ];
  for (const [n, { kind, jsons, base }] of asked.entries()) {
    try {
      const answers = await answersOf(kind, jsons, language, db, base);
      const forms = answers.flatMap(({ reference, ...others }) => Object.values(others).map((own) => [own, reference]));
      if (!forms.every(([own, reference]) => isDeepStrictEqual(own, reference))) return n + 1;
    } catch {
      return n + 1;
    }
  }
  return undefined;
}

const BATCHED = Array.from({ length: BATCHES }, (_, seed) => {
  const draw = (kind: (typeof KINDS)[number]) => fc.sample(rules[kind], { numRuns: BATCH, seed });
  return Object.fromEntries(KINDS.map((kind) => [kind, draw(kind)])) as Record<(typeof KINDS)[number], unknown[]>;
});

async function main(part: number, of: number): Promise<void> {
  const url = process.env.DATABASE_URL;
  if (url === undefined) throw new Error("DATABASE_URL is not set");
  const schema = `${SCHEMA}_${part}`;
  const db = openDatabase({ url, schema });
  const folder = mkdtempSync(join(tmpdir(), "rule-mutants-"));
  try {
    await migrateDatabase({ url, schema });
    const bases = await drawBases(db, CUSTOMERS);
    const all = sources().flatMap((file) => mutantsOf(file, readFileSync(join(root, "src/rule", file), "utf8")));
    const mine = all.filter((_, i) => i % of === part - 1);
    const own = mine.filter((mutant) => harmless(mutant) === undefined);
    console.log(`${mine.length} mutants, ${mine.length - own.length} of them left out: they cannot change an answer`);
    const unchanged = join(folder, "unchanged");
    copyWith(unchanged, { file: "text.ts", text: readFileSync(join(root, "src/rule/text.ts"), "utf8") });
    if ((await noticedAfter(await languageIn(unchanged), db, bases)) !== undefined) {
      throw new Error("the unchanged rule language fails already");
    }
    const survivors: Mutant[] = [];
    for (const [i, mutant] of own.entries()) {
      const copy = join(folder, String(i));
      copyWith(copy, mutant);
      const noticed = await languageIn(copy).then(
        (language) => noticedAfter(language, db, bases),
        () => 0,
      );
      if (noticed === undefined) survivors.push(mutant);
      rmSync(copy, { recursive: true });
      process.stderr.write(`${i + 1}/${own.length} ${noticed === undefined ? "SURVIVED" : "caught"} ${mutant.name}\n`);
    }
    for (const { name } of survivors) console.log(`survived: ${name}`);
    console.log(`${own.length - survivors.length} of the other ${own.length} caught`);
    if (survivors.length > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(db);
    await db.destroy();
  }
}

const [part = "1", of = "1"] = process.argv.slice(2);
await main(Number(part), Number(of));
