export interface Mutant {
  /** the file, the line, and in it what was changed */
  name: string;
  file: string;
  text: string;
}

/** What stands in the source, and what a careless hand might have written. */
const CHANGES: [found: RegExp, instead: string][] = [
  [/ < /g, " <= "],
  [/ <= /g, " < "],
  [/ > /g, " >= "],
  [/ >= /g, " > "],
  [/ === /g, " !== "],
  [/ !== /g, " === "],
  [/ = (?=any)/g, " <> "],
  [/ && /g, " || "],
  [/ \|\| /g, " && "],
  [/ and /g, " or "],
  [/ or /g, " and "],
  [/ \+ /g, " - "],
  [/ - /g, " + "],
  [/ \* /g, " / "],
  [/ \/ /g, " * "],
  [/ % /g, " / "],
  [/\bmin\(/g, "max("],
  [/\bmax\(/g, "min("],
  [/\bsum\(/g, "min("],
  [/\bavg\(/g, "sum("],
  [/\bleast\(/g, "greatest("],
  [/\bgreatest\(/g, "least("],
  [/\bcount\(\*\)/g, "count(*) + 1"],
  [/count\(distinct /g, "count("],
  [/\bbool_or\(/g, "bool_and("],
  [/\.every\(/g, ".some("],
  [/\.some\(/g, ".every("],
  [/\bcoalesce\(/g, "nullif("],
  [/\bnullif\(/g, "coalesce("],
  [/ is not null/g, " is null"],
  [/ is not true/g, " is true"],
  [/\bnot (?=exists|\()/g, ""],
  [/\bleft join\b/g, "join"],
  [/, 0\)/g, ", 1)"],
  [/\btrue\b/g, "false"],
  [/\bfalse\b/g, "true"],
  [/ \?\? null/g, " ?? 0"],
  [/: null(?=[;,)\n])/g, ": 0"],
  [/return null/g, "return 0"],
  [/'paid'/g, "'cancelled'"],
  [/'open'/g, "'solved'"],
  [/'live'/g, "'ended'"],
  [/'treatment'/g, "'holdout'"],
  [/'transactional'/g, "'service'"],
  [/'promotion'/g, "'news'"],
  [/'number'/g, "'string'"],
  [/'boolean'/g, "'string'"],
  [/'array'/g, "'object'"],
  [/ as of| at time zone \$\{zone\w*\([^}]*\)\}/g, ""],
  [/(?<=[ ([])(\d+)(?=[ ,;)\]])/g, "$1 + 1"],
  [/ \* 365/g, " * 366"],
];

/** Each single change of a file; comments, imports and types are let alone. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const lines = source.split("\n");
  return lines.flatMap((line, row) => {
    if (/^\s*(\/\/|\/?\*|import |export type |type |interface |export interface |\| )/.test(line)) return [];
    const code = line.replace(/\s\/\/ .*$/, "");
    return CHANGES.flatMap(([found, instead]) =>
      [...code.matchAll(found)].map((match) => {
        const written = instead.replace("$1", match[1] ?? "");
        const end = match.index + match[0].length;
        return {
          name: `${file}: ${line.slice(0, match.index).trim()}⟦${match[0].trim()} → ${written.trim()}⟧${line.slice(end).trim()}`,
          text: lines.with(row, line.slice(0, match.index) + written + line.slice(end)).join("\n"),
          file,
        };
      }),
    );
  });
}

/** Changes that are no mistakes of the rule language: they cannot change an answer. By file, and what the mutant's name holds. */
const HARMLESS: { file: string; names: (string | RegExp)[]; why: string }[] = [
  {
    file: "window.ts",
    names: [/(this|last)_[a-z]+:⟦/],
    why: "rows are looked at further back than needed; the exact period is asked of each",
  },
  { file: "window.ts", names: ["LONGEST_DAYS"], why: "says which windows are refused: faults.test.ts" },
  {
    file: "value.ts",
    names: ["=== major⟦&& → ||⟧Number.isSafeInteger"],
    why: "says which amounts are refused: faults.test.ts",
  },
  { file: "sql/plan.ts", names: ["substr(${hash}, 1,⟦15 → "], why: "the cast cuts the sixteenth digit off" },
  {
    file: "sql/presence.ts",
    names: ["other.op⟦!== → ===⟧", "typeof other.value⟦!== → ===⟧", "sql`⟦and → or⟧`", "return counts⟦&& → ||⟧"],
    why: "lets more customers through than needed",
  },
  { file: "value.ts", names: ['"number"⟦&& → ||⟧Number.isFinite'], why: "neither JSON nor Postgres hands over NaN" },
  { file: "sql/", names: ["const PLACES =", "round(i.qty,"], why: "nothing is drawn with more than fifteen decimals" },
  { file: "sql/source.ts", names: ["coalesce(abs(${column})⟦"], why: "1 is as little too large as 0" },
  {
    file: "sql/enough.ts",
    names: [
      "SLACK",
      "FURTHEST",
      "return undefined",
      "if (!pairs.every",
      "left.op⟦",
      "${time}⟦> → >=⟧",
      "${time}⟦< → <=⟧",
    ],
    why: "what is enough is asked of fewer customers; the others are asked exactly",
  },
  {
    file: "evaluate.ts",
    names: ["const [first =⟦", "return items[ast.level]⟦"],
    why: "a default that is never reached",
  },
  { file: "anniversary.ts", names: ["KEPT"], why: "the size of a cache" },
  { file: "anniversary.ts", names: ["festival", "if (calendar⟦"], why: "triggers of campaigns, not rules" },
  {
    file: "anniversary.ts",
    names: [/day\.slice\(⟦(5|8) → /],
    why: "cuts the 0 off a month or day below 10; dates beyond are in anniversary.test.ts",
  },
  {
    file: "sql/",
    names: [/⟦> → >=⟧\$\{ago\(asking, outer\)/, /⟦and → or⟧\w\.\w+ <= \$\{moment/],
    why: "narrows beforehand what each column asks again by itself",
  },
  {
    file: "sql.ts",
    names: ["(customer) => sql`${customer}⟦="],
    why: "narrows beforehand; who is asked for is said again",
  },
  {
    file: "sql.ts",
    names: ["const narrows =", "return narrows", "if (bounds.length", "const summary =", "cheap = "],
    why: "which of two ways is quicker",
  },
  { file: "sql/plan.ts", names: ["Asked.length⟦> → >=⟧0"], why: "joins what nobody reads" },
  { file: "sql/plan.ts", names: ["return needsNoJoin(variable)⟦"], why: "which of two ways is quicker" },
  {
    file: "sql/orders.ts",
    names: [
      "return days⟦",
      "return days !== undefined",
      "gates.set(",
      "storedAggregate(one.aggregate)⟦=== → !==⟧",
      "const some = sql`${span.after(TOTAL.last!)}⟦",
      "⟦left join → join⟧lateral",
    ],
    why: "looks orders up for more customers than needed; an aggregate over none is a row too",
  },
  {
    file: "sql/bounds.ts",
    names: [
      /narrows:|leavesFew|return aggregate === "since|if \(aggregate === "count"\) return⟦/,
      "sql`⟦and → or⟧`",
      "bounds.length⟦=== → !==⟧0",
      "(${some}⟦and → or⟧",
      "const some = sql`${span.after(LAST)}⟦and → or⟧",
      'left.op⟦=== → !==⟧"var"',
      'literal.op⟦!== → ===⟧"literal"',
      'typeof literal.value⟦!== → ===⟧"number"',
      'const positive = side === ">" ? value⟦>= → >⟧0',
      'const positive = side === ">" ? value >=⟦0 → 0 + 1⟧',
      'const positive = side === ">" ? value >= 0 : value >⟦0 → 0 + 1⟧',
      "value⟦<= → <⟧1",
      ".slice(⟦1 → 1 + 1⟧)",
      "const SLACK =⟦",
      "FURTHEST =⟦",
      "Math.⟦",
      "${time}⟦< → <=⟧",
      "${time}⟦> → >=⟧",
      "${LAST}⟦> → >=⟧",
      "totals.smallest⟦< → <=⟧0",
    ],
    why: "lets more customers through than needed; each is asked exactly afterwards",
  },
];

/** Why a mutant cannot be noticed; undefined when it must be. */
export function harmless({ file, name }: Mutant): string | undefined {
  return HARMLESS.find(
    (each) =>
      (each.file.endsWith("/") ? file.startsWith(each.file) : file === each.file) &&
      each.names.some((part) => (typeof part === "string" ? name.includes(part) : part.test(name))),
  )?.why;
}
