import { condition, continueAsNew, proxyActivities, setHandler, sleep, workflowInfo } from "@temporalio/workflow";
import type { CampaignRunInput, RunActivities } from "./contract.ts";
import { lookSignal } from "./signals.ts";

const { startCohorts, settleRun } = proxyActivities<RunActivities>({
  startToCloseTimeout: "5 minutes",
  heartbeatTimeout: "10 seconds",
  retry: { initialInterval: "500ms", backoffCoefficient: 2, maximumInterval: "1 minute" },
});

/** A run from launch to closed: starts its cohorts at a bounded pace, then asks SQL where it stands. */
export async function campaignRun(input: CampaignRunInput): Promise<void> {
  let looks = 0;
  setHandler(lookSignal, () => {
    looks += 1;
  });
  while ((await startCohorts(input.run)) > 0) await sleep("1 second");
  for (;;) {
    const seen = looks;
    const { ended, lookAgainMinutes } = await settleRun(input.run);
    if (ended) return;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof campaignRun>(input);
    await condition(() => looks > seen, lookAgainMinutes * 60_000);
  }
}
