// Made of the routes by `npm run client`; not to be edited.

export interface BudgetRoutes {
  /** Books what was really spent on a line of a run's budget */
  "POST /v1/runs/{run}/budget/{line}": { path: { /** run (winback-30-1), or a campaign for its latest run */ run: string; line: string }; body: { /** major units: "1234.50"; a negative amount corrects an earlier record */ amount: string; /** what it was for */ note?: string }; answer: { run: string; line: string; currency: string; /** minor units */ amount: number; /** minor units */ planned: number; /** minor units */ actual: number; /** minor units */ left: number } };
  /** Lines of a run's budget: planned, booked by effects, recorded by hand, left */
  "GET /v1/runs/{run}/budget": { path: { /** a run, or a campaign for its latest */ run: string }; answer: { run: string; currency: string; lines: { line: string; /** minor units of the run's currency */ planned: number; /** minor units of the run's currency */ committed: number; /** minor units of the run's currency */ recorded: number; /** minor units of the run's currency */ actual: number; /** minor units of the run's currency */ left: number; /** the latest hundred */ records: { /** minor units of the run's currency */ amount: number; note: string | null; at: string }[] }[] } };
}
