import type { Config } from "../src/config.ts";
import type { BenchReport } from "./measure.ts";

export interface BenchOptions {
  /** with the URLs of the parts that the bench asks for */
  config: Config;
  /** smaller work, done within 45 seconds */
  quick: boolean;
  /** progress */
  say: (line: string) => void;
}

export type Bench = (options: BenchOptions) => Promise<BenchReport>;
