// Made of the routes by `npm run client`; not to be edited.

export interface SegmentsRoutes {
  /** The segments of the library and what each is good for */
  "GET /v1/segments": { answer: { items: { id: string; name: { en: string; "zh-CN": string }; /** what it is good for */ why: { en: string; "zh-CN": string } }[] } };
  /** How many customers are in a segment */
  "GET /v1/segments/{id}": { path: { id: string }; query?: { /** as things were then (ISO 8601; a day means its end); now when left out */ asOf?: string }; answer: { id: string; name: { en: string; "zh-CN": string }; /** what it is good for */ why: { en: string; "zh-CN": string }; members: number; customers: number; asOf: string } };
  /** Who is in a segment, and what was found for each variable of its rule */
  "GET /v1/segments/{id}/members": { path: { id: string }; query?: { limit?: number; after?: string; /** as things were then (ISO 8601; a day means its end); now when left out */ asOf?: string }; answer: { items: { customer: string; found: { name: string; label: { en: string; "zh-CN": string }; value: unknown; /** as people read it */ shown: { en: string; "zh-CN": string } }[] }[]; next: string | null } };
  /** Who was in a segment at a moment, as looks then found it */
  "GET /v1/segments/{id}/stays": { path: { id: string }; query: { limit?: number; after?: string; at: string }; answer: { items: { customer: string; enteredAt: string; leftAt: string | null }[]; next: string | null } };
  /** Why a customer is in a segment, or why not, and what would change it */
  "GET /v1/segments/{id}/members/{customer}": { path: { id: string; customer: string }; query?: { /** as things were then (ISO 8601; a day means its end); now when left out */ asOf?: string }; answer: { id: string; name: { en: string; "zh-CN": string }; /** what it is good for */ why: { en: string; "zh-CN": string }; customer: string; member: boolean; asOf: string; /** part by part, with what was found for each variable */ rule: { holds: boolean; [name: string]: unknown }; obstacles: { holds: boolean; [name: string]: unknown }[]; flip?: { words: { en: string; "zh-CN": string }; [name: string]: unknown } } };
  /** Looks at a segment and says who came and who left since the look before, or since a moment */
  "POST /v1/segments/{id}/diff": { path: { id: string }; body: { since?: string; /** of each list */ limit?: number }; answer: { segment: string; /** left out at the first look */ from?: string; to: string; members: number; entered: { customer: string; /** when a look found it */ at: string }[]; left: { customer: string; /** when a look found it */ at: string }[]; /** a list is longer than the limit */ more: boolean } };
  /** Looks at every segment and counts who came and who left since the look before */
  "POST /v1/segments/diff": { answer: { items: { segment: string; at: string; before: string | null; members: number; entered: number; left: number }[] } };
  /** To plan with: members by tier, what puts them there, what they need, how to look after them */
  "GET /v1/segments/{id}/table": { path: { id: string }; query?: { limit?: number; /** with customers' names; masked for sales */ names?: "0" | "1" | "true" | "false" }; answer: { items: { customer: string; name?: string; /** sales rep */ owner: string | null; tier: string | null; tierName?: { en: string; "zh-CN": string }; /** the figures that tiers are made of */ basis: { name: string; label: { en: string; "zh-CN": string }; value: unknown; /** as people read it */ shown: { en: string; "zh-CN": string }; type: string }[]; need?: { text: string; from: "trait" | "survey" | "note"; at?: string }; care?: { en: string; "zh-CN": string } }[] } };
  /** The same of all members as a CSV file, in the asker's language */
  "GET /v1/segments/{id}/table.csv": { path: { id: string }; query?: { /** with customers' names; masked for sales */ names?: "0" | "1" | "true" | "false" }; answer: string };
  /** The same as a workbook, of up to 20,000 members */
  "GET /v1/segments/{id}/table.xlsx": { path: { id: string }; query?: { /** with customers' names; masked for sales */ names?: "0" | "1" | "true" | "false" }; answer: ArrayBuffer };
}
