import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Home } from "../home.ts";
import type { Identity } from "../process.ts";
import type { Endpoints, Part } from "../wire.ts";

/** What the home's supervisor runs, kept in the home so that the next one can clear up after one that was killed. */
export interface State {
  supervisor?: Identity;
  parts: Partial<Record<Part, Identity>>;
  endpoints: Endpoints;
  /** remembered over restarts, so that addresses stay the same */
  ports: Record<string, number>;
}

export function readState(home: Home): State {
  const file = join(home.path, "state.json");
  if (!existsSync(file)) return { parts: {}, endpoints: {}, ports: {} };
  return JSON.parse(readFileSync(file, "utf8")) as State;
}

/** Only the supervisor writes. The rename keeps a reader from seeing half a file. */
export function writeState(home: Home, state: State): void {
  const file = join(home.path, "state.json");
  writeFileSync(`${file}.new`, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
