export { campaignRun } from "./campaignRun.ts";
export { cohort } from "./cohort.ts";
export { maintenance } from "./maintenance.ts";
export { scheduledLaunch } from "./scheduledLaunch.ts";
