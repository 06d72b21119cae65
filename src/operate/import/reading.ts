import { type Converted, convertRow, type Rejected } from "./convert.ts";
import { mapColumns, missingFields, otherColumn, type Overrides, refuseColumns } from "./headers.ts";
import type { Home } from "./home.ts";
import type { Column, Kind } from "./kind/field.ts";
import type { Rejects } from "./rejects.ts";
import { checkWidth } from "./table/csv.ts";
import type { Row, Table } from "./table/table.ts";

/** What the file turned out to be; told before its lines are read. */
export interface FileFacts {
  format: string;
  encoding?: string;
  delimiter?: string;
  sheet?: string;
  /** header and what it was taken for: "email", "traits.city", null = left out; undeclared traits are kept, but rules cannot name them */
  columns: { header: string; field: string | null; undeclared?: true }[];
}

export interface Counted {
  /** lines with data */
  lines: number;
  /** lines that can be stored, duplicates among them */
  accepted: number;
  rejected: number;
  /** times later than a day from now: possible, but worth a look */
  future: number;
}

/** Lines above the header that are looked at, for exports that begin with a title. */
const TITLES = 10;

/** One file being read: its columns, and its lines as rows for staging. */
export class Reading {
  readonly facts: FileFacts;
  readonly counted: Counted = { lines: 0, accepted: 0, rejected: 0, future: 0 };
  readonly #table: Table;
  readonly #kind: Kind;
  readonly #home: Home;
  readonly #columns: Column[];
  readonly #headers: string[];
  readonly #first: Row[];

  private constructor(table: Table, kind: Kind, home: Home, headers: string[], columns: Column[], first: Row[]) {
    this.#table = table;
    this.#kind = kind;
    this.#home = home;
    this.#headers = headers;
    this.#columns = columns;
    this.#first = first;
    const { format, encoding, delimiter, sheet } = table;
    this.facts = {
      format,
      ...(encoding && { encoding }),
      ...(delimiter && { delimiter }),
      ...(sheet && { sheet }),
      columns: headers.map((header, i) => described(header, columns[i]!, kind, home)),
    };
  }

  /** Reads up to the header and finds out what its columns are. @throws InputError when a required one is missing */
  static async open(table: Table, file: string, kind: Kind, home: Home, overrides: Overrides): Promise<Reading> {
    const { value } = await table.rows.next();
    const first: Row[] = value ?? [];
    const candidates = table.keys ? [[...table.keys]] : first.slice(0, TITLES).map((row) => row.cells.map(String));
    // when none will do, the widest one was probably meant
    let failure: { error: unknown; width: number } | undefined;
    for (const [i, headers] of candidates.entries()) {
      try {
        const columns = mapColumns(
          Array.from(headers, (header) => header ?? ""),
          kind,
          home,
          overrides,
        );
        const missing = missingFields(columns, kind);
        if (missing.length > 0) throw refuseColumns(file, headers, missing);
        return new Reading(table, kind, home, headers, columns, table.keys ? first : first.slice(i + 1));
      } catch (error) {
        if (!failure || headers.length > failure.width) failure = { error, width: headers.length };
      }
    }
    await table.rows.return(undefined);
    throw failure?.error ?? refuseColumns(file, [], missingFields([], kind));
  }

  /** The acceptable lines, in batches; the others go to the rejects. */
  async *staged(rejects: Rejects, now: Date, onBatch: (share: number) => void): AsyncGenerator<(string | null)[][]> {
    const horizon = new Date(now.getTime() + 86_400_000).toISOString();
    for await (const rows of this.#batches()) {
      const staged: (string | null)[][] = [];
      const rejected: Rejected[] = [];
      for (const row of rows) {
        const converted = this.#convert(row);
        if (converted.rejected) {
          this.counted.rejected++;
          for (const one of converted.rejected) rejected.push(one);
          continue;
        }
        this.counted.accepted++;
        if (this.#isFuture(converted.staged, horizon)) this.counted.future++;
        staged.push([String(row.line), ...converted.staged]);
      }
      this.counted.lines += rows.length;
      await rejects.add(rejected);
      onBatch(this.#table.done());
      yield staged;
    }
  }

  /** Lines that turned out not to be acceptable when they met the other tables. */
  async rejectLater(rejects: Rejects, lines: number[], why: Omit<Rejected, "line">): Promise<void> {
    this.counted.accepted -= lines.length;
    this.counted.rejected += lines.length;
    for (let i = 0; i < lines.length; i += 1000)
      await rejects.add(lines.slice(i, i + 1000).map((line) => ({ line, ...why })));
  }

  async *#batches(): AsyncGenerator<Row[]> {
    if (this.#first.length > 0) yield this.#first;
    yield* this.#table.rows;
  }

  #convert(row: Row): Converted {
    if (this.#table.format === "csv") checkWidth(row, this.#headers.length);
    const keys = this.#table.keys ?? [];
    for (let i = this.#columns.length; i < keys.length; i++) this.#columns.push(this.#lateColumn(keys[i]!));
    return convertRow(row, this.#columns, this.#kind, this.#home);
  }

  /** A key that only later lines have. */
  #lateColumn(key: string): Column {
    const field = this.#kind.fields.find(({ name }) => name === key);
    const taken = this.#columns.some((column) => column.to === "field" && column.field === field);
    return field && !taken ? { to: "field", field } : otherColumn(key, this.#kind, this.#home);
  }

  #isFuture(staged: (string | null)[], horizon: string): boolean {
    const place = this.#kind.time;
    return place !== undefined && staged[place]! > horizon;
  }
}

function described(header: string, column: Column, kind: Kind, home: Home): FileFacts["columns"][number] {
  if (column.to === "field") return { header, field: column.field.name };
  if (column.to === "role") return { header, field: `${column.kind}:${column.role}` };
  if (column.to === "nothing") return { header, field: null };
  const field = `${kind.extras}.${column.name}`;
  const undeclared = kind.extras === "traits" && !Object.hasOwn(home.traits, column.name);
  return { header, field, ...(undeclared && { undeclared }) };
}
