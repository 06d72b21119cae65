// Made of the routes by `npm run client`; not to be edited.
import type { ProblemError } from "./schemas.ts";

export interface RulesRoutes {
  /** Checks all of rules/: every fault with file, place and what to write instead */
  "GET /v1/rules/validate": { answer: { files: number; errors: ProblemError[]; warnings: ProblemError[] } };
  /** The variables that rules may use, with type, unit and source */
  "GET /v1/rules/vars": { answer: { variables: { name: string; type: string; label: { en: string; "zh-CN": string }; unit?: { en: string; "zh-CN": string }; source: string; [name: string]: unknown }[]; events: string[]; campaigns: string[]; /** such as are usual; any from 1d to 1095d will do */ windows: string[] } };
  /** The JSON Schema of one kind of file in rules/: campaign, segment, coupon, … */
  "GET /v1/rules/schema/{name}": { path: { name: string }; answer: Record<string, unknown> };
}
