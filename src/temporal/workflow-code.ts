import { fileURLToPath } from "node:url";
import { madeOnce } from "../made-once.ts";

const WORKFLOWS = new URL("../../workflows/", import.meta.url);
/** all that workflows import besides; the layers test holds that */
const CAMPAIGN = new URL("../campaign/", import.meta.url);

/** The workflows as a worker loads them. Bundling takes seconds, so it is done once for each state of their sources. */
export async function workflowCode(): Promise<{ code: string }> {
  const code = await madeOnce({ kind: "workflows", sources: [WORKFLOWS, CAMPAIGN], inputs: [] }, async () => {
    const { bundleWorkflowCode, DefaultLogger } = await import("@temporalio/worker");
    const workflowsPath = fileURLToPath(new URL("index.ts", WORKFLOWS));
    return (await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger("ERROR") })).code;
  });
  return { code };
}
