/** A part that a process stands on. */
export interface Part {
  name: string;
  /** false: without it everything still happens, only later */
  needed: boolean;
  /** throws or says no when the part does not answer */
  answers: () => Promise<unknown>;
}

export interface Readiness {
  /** degraded: something is missing that is not needed at once; unavailable: it can do nothing */
  status: "ready" | "degraded" | "unavailable" | "stopping";
  /** names of what does not answer */
  missing: string[];
}

const PATIENCE_MS = 2_000;

/** Asks all parts at once; one that takes longer than two seconds is missing. */
export async function readiness(parts: Part[], stopping = false): Promise<Readiness> {
  const answered = await Promise.all(parts.map((part) => answers(part.answers)));
  const missing = parts.filter((_, i) => !answered[i]);
  const able = missing.every((part) => !part.needed);
  const status = stopping ? "stopping" : missing.length === 0 ? "ready" : able ? "degraded" : "unavailable";
  return { status, missing: missing.map((part) => part.name) };
}

/** Whether work should be sent this way. */
export function isAble({ status }: Readiness): boolean {
  return status === "ready" || status === "degraded";
}

async function answers(ask: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS, false)));
  const done = ask().then(
    (answer) => answer !== false,
    () => false,
  );
  const answered = await Promise.race([done, late]);
  clearTimeout(timer);
  return answered;
}
