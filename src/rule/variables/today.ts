import type { Variable } from "../ast.ts";
import type { Family } from "./described.ts";

/** The calendar day of asking, in the customer's zone; what operators on dates compare with. */
export const TODAY = { name: "today", type: "date", source: { from: "today" } } as const satisfies Variable;
const LABEL = { en: "today", "zh-CN": "今天" };

export const todayFamily: Family = {
  find: (name) => (name === TODAY.name ? { ...TODAY, label: LABEL } : undefined),
  names: () => [TODAY.name],
  described: [{ name: TODAY.name, type: "date", label: LABEL, source: "clock" }],
};
