import { error, type Fault } from "../fault.ts";
import { ANONYMOUS } from "../store/event.ts";
import { isActing } from "./event-data.ts";

/**
 * Somebody who is not known yet has a history (store/event.ts) but owns nothing: what acts needs a customer.
 * @param at pointer of the subject in what was sent
 */
export function subjectFaults(subject: string, type: string, at: string): Fault[] {
  if (!subject.startsWith(ANONYMOUS) || !isActing(type)) return [];
  return [
    error(
      at,
      { en: `${type} needs a customer, not an anonymous visitor`, "zh-CN": `${type} 须有客户编号，不能是匿名访客` },
      { en: "send it with the customer_id", "zh-CN": "请附上 customer_id" },
    ),
  ];
}
