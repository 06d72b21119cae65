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

export const EQUIVALENT: Record<string, string> = {};
