import type { MetricName } from "../../campaign/metrics.ts";
import type { Target } from "../../campaign/program.ts";
import type { Measured } from "../../stats/verdict.ts";
import type { Scope } from "../scope.ts";
import { conversionRate } from "./conversion-rate.ts";
import { costPerParticipant } from "./cost-per-participant.ts";
import { participationRate } from "./participation-rate.ts";
import { repurchaseRate } from "./repurchase-rate-30d.ts";
import { satisfaction } from "./satisfaction-avg.ts";

/** One metric of a run, as whole numbers; what it means is in src/campaign/metrics.ts. */
export async function measure(scope: Scope, metric: MetricName, basis: Target["basis"]): Promise<Measured> {
  switch (metric) {
    case "participation_rate":
      return participationRate(scope);
    case "conversion_rate":
      return conversionRate(scope);
    case "repurchase_rate_30d":
      return repurchaseRate(scope);
    case "satisfaction_avg":
      return satisfaction(scope);
    case "cost_per_participant":
      return costPerParticipant(scope, basis ?? "actual");
  }
}
