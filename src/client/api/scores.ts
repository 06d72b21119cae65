// Made of the routes by `npm run client`; not to be edited.

export interface ScoresRoutes {
  /** What the latest scoring found */
  "GET /v1/scores": { answer: { asOf: string; stored: boolean; changes: { tier: number; stage: number }; [name: string]: unknown } };
  /** Works out everybody's RFM, churn risk, expected value, tier, stage and lead score; takes a while */
  "POST /v1/scores": { body: { /** as things were then; nothing is stored */ asOf?: string }; answer: { asOf: string; stored: boolean; changes: { tier: number; stage: number }; [name: string]: unknown } };
}
