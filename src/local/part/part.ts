import type { Text } from "../../campaign/program.ts";
import type { Home } from "../home.ts";
import type { Endpoints, Part } from "../wire.ts";

/** What a part may ask of the supervisor that runs it. */
export interface Surroundings {
  home: Home;
  /** the same port again whenever it is free */
  port(name: string): Promise<number>;
  say(text: Text): void;
  /** nobody needs the part any more: give up what takes long */
  signal: AbortSignal;
}

export interface Command {
  file: string;
  args: string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
}

/** One process that is kept running. */
export interface PartKind {
  name: Part;
  label: string;
  /** the first signal to end it with; SIGKILL follows after ten seconds */
  stopSignal: NodeJS.Signals;
  /** programs and data are in place; may take minutes the first time and may be repeated */
  prepare(around: Surroundings): Promise<void>;
  command(around: Surroundings): Promise<Command>;
  /** false or a throw: not yet */
  ready(around: Surroundings): Promise<boolean>;
  endpoints(around: Surroundings): Promise<Endpoints>;
}
