import { proxyActivities, sleep, workflowInfo } from "@temporalio/workflow";
import type { LaunchActivities, ScheduledLaunchInput } from "./contract.ts";

const { launchDue } = proxyActivities<LaunchActivities>({
  startToCloseTimeout: "30 minutes",
  heartbeatTimeout: "30 seconds",
  retry: { initialInterval: "5s", backoffCoefficient: 2, maximumInterval: "5 minutes" },
});

/** Launches a campaign at one of its times, once the run before is over where the campaign wants to wait for that. */
export async function scheduledLaunch({ campaign }: ScheduledLaunchInput): Promise<void> {
  const { searchAttributes, startTime } = workflowInfo();
  const scheduled: unknown = searchAttributes["TemporalScheduledStartTime"]?.[0];
  const due = Math.floor((scheduled instanceof Date ? scheduled : startTime).getTime() / 60_000);
  for (;;) {
    const { waitMinutes } = await launchDue(campaign, due);
    if (waitMinutes === 0) return;
    await sleep(waitMinutes * 60_000);
  }
}
