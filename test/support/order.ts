import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take more than twenty seconds, in the order of their length. Begun last, one would keep a single worker busy at the end. */
const LONG = [
  "faults/campaign",
  "workflows/trace",
  "readme",
  "faults/fuzz",
  "faults/joiners",
  "http/roles",
  "faults/door",
  "http/serve",
  "delivery/notice-processes",
  "faults/wake-up",
  "local/up",
  "local/parts",
  "delivery/processes",
];

export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = await super.sort(files);
    const place = ({ moduleId }: TestSpecification) => {
      const found = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return found < 0 ? LONG.length : found;
    };
    return others.toSorted((a, b) => place(a) - place(b));
  }
}
