export { campaignRun, cohort } from "../../workflows/index.ts";
export { customer } from "./customer.ts";
