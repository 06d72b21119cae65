import { error } from "../../fault.ts";
import { idOf, type Read, type Said } from "./call.ts";

/**
 * alias: what somebody did as a visitor (previousId) becomes the customer's past. Two customers are never merged by it:
 * that cannot be undone, so people decide it (`customer merge`).
 */
export const readAlias: Read = ({ json }) => {
  const previous = idOf(json.previousId) ?? idOf(json.from);
  if (previous !== undefined) return { ...linked(previous), at: "" };
  return error("/previousId", { en: "missing: previousId", "zh-CN": "缺少 previousId" });
};

export function linked(anonymousId: string): Said {
  return { name: "customer.linked", data: { anonymous_id: anonymousId }, at: "" };
}
