/** A member whose data cannot be worked with. The code goes to the ledger, never the text of an error. */
export class DataError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/**
 * The code of an error that lies in a member's data and would come again: Postgres data exceptions (class 22) and
 * constraint violations (class 23), values out of range. Undefined for everything else (a connection, a deadlock, a
 * mistake of ours): there the whole batch is tried again.
 */
export function dataFault(error: unknown): string | undefined {
  if (error instanceof DataError) return error.code;
  if (error instanceof RangeError) return "out-of-range";
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === "string" && severity !== undefined && /^2[23]...$/.test(code) ? `sql-${code}` : undefined;
}
