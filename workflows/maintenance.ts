import { proxyActivities } from "@temporalio/workflow";
import type { MaintenanceActivities, MaintenanceInput } from "./contract.ts";

const { scoreCustomers, lookAtSegments } = proxyActivities<MaintenanceActivities>({
  startToCloseTimeout: "2 hours",
  // scoring a large base counts for some seconds without a break
  heartbeatTimeout: "1 minute",
  retry: { initialInterval: "10s", backoffCoefficient: 3, maximumInterval: "10 minutes", maximumAttempts: 6 },
});

/** What is done by itself at times. After scores have changed, so may have membership. */
export async function maintenance({ what }: MaintenanceInput): Promise<void> {
  if (what === "score") await scoreCustomers();
  await lookAtSegments();
}
